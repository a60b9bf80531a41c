// SPDX-License-Identifier: Apache-2.0
//! The agent, libheaptap.so.1, as code that is compiled into a program finds it. The structures are those of
//! <heaptap/abi.h>.
use core::ffi::{c_char, c_void};
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};

pub const ORIGIN_RUST_GLOBAL: u32 = 13;
const ABI_VERSION: u32 = 1;
const GATE_SHUT: u32 = 2;

/// `struct heaptap_call_site`.
#[repr(C)]
pub struct CallSite {
    pub pc: u64,
    pub sp: u64,
    pub fp: u64,
    pub at: u64,
}

/// `struct heaptap_allocation`.
#[repr(C)]
pub struct Allocation {
    pub block: *mut c_void,
    pub size: usize,
    pub align: usize,
    pub origin: u32,
    pub usable: Option<unsafe extern "C" fn(*mut c_void) -> usize>,
}

/// `struct heaptap_agent`. A `from` of null is the caller: a function of this crate, which is left out of reports.
#[repr(C)]
pub struct Agent {
    version: u32,
    bytes: u32,
    gate: *const AtomicPtr<AtomicU32>,
    pub enter_layer: unsafe extern "C" fn(layer: *const c_void, from: *const CallSite) -> u32,
    pub leave_layer: unsafe extern "C" fn(),
    pub on_alloc: unsafe extern "C" fn(*const Allocation, from: *const CallSite),
    pub on_dealloc:
        unsafe extern "C" fn(*const c_void, size: usize, align: usize, origin: u32, from: *const CallSite),
    pub on_realloc_begin: unsafe extern "C" fn(
        *const c_void,
        old_size: usize,
        align: usize,
        origin: u32,
        from: *const CallSite,
    ) -> u64,
    pub on_realloc_end:
        unsafe extern "C" fn(token: u64, *const c_void, *const Allocation, from: *const CallSite),
    pub on_oom: unsafe extern "C" fn(size: usize, align: usize),
    pub request: unsafe extern "C" fn(what: u32, name: *const c_char) -> u32,
    _malloc_reports: unsafe extern "C" fn(),
}

// Until the library's own is known. 0: find out.
static OWN_WORD: AtomicU32 = AtomicU32::new(0);
static OWN_GATE: AtomicPtr<AtomicU32> = AtomicPtr::new(ptr::addr_of!(OWN_WORD).cast_mut());
static GATE: AtomicPtr<AtomicPtr<AtomicU32>> = AtomicPtr::new(ptr::addr_of!(OWN_GATE).cast_mut());
static AGENT: AtomicPtr<Agent> = AtomicPtr::new(ptr::null_mut());

/// False: nothing is recorded, there is nothing to report.
#[inline]
pub fn may_record() -> bool {
    // The library changes both while the process runs: at a fork, and when the relay is gone.
    // SAFETY: each points to a static of this crate, or of a library that is never unloaded.
    unsafe {
        let gate = GATE.load(Ordering::Acquire);
        let word = (*gate).load(Ordering::Acquire);
        (*word).load(Ordering::Relaxed) != GATE_SHUT
    }
}

/// None: there is none, or this call is made by the look-up itself.
pub fn find() -> Option<&'static Agent> {
    let mut agent = AGENT.load(Ordering::Acquire);
    if agent.is_null() {
        agent = look_up();
    }
    // SAFETY: a static of a library that is never unloaded.
    unsafe { agent.as_ref() }
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
extern "C" {
    fn pthread_self() -> usize;
    fn sched_yield() -> i32;
    fn __errno_location() -> *mut i32;
    #[cfg(not(feature = "link"))]
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    #[cfg(feature = "link")]
    fn heaptap_agent_of(version: u32) -> *const Agent;
}

/// What the linked library says: this reference is also why the linker keeps it.
#[cfg(all(target_os = "linux", target_arch = "x86_64", feature = "link"))]
unsafe fn agent_of(version: u32) -> *const Agent {
    heaptap_agent_of(version)
}

/// By name among what is loaded, so that the program links and starts without it.
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(feature = "link")))]
unsafe fn agent_of(version: u32) -> *const Agent {
    type AgentOf = unsafe extern "C" fn(u32) -> *const Agent;
    let found = dlsym(ptr::null_mut() /* RTLD_DEFAULT */, b"heaptap_agent_of\0".as_ptr().cast());
    if found.is_null() {
        return ptr::null();
    }
    core::mem::transmute::<*mut c_void, AgentOf>(found)(version)
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[cold]
fn look_up() -> *mut Agent {
    const NONE: usize = 0;
    const DONE: usize = usize::MAX;
    static SEEKER: AtomicUsize = AtomicUsize::new(NONE);

    // SAFETY: libc's, which every program on Linux has.
    unsafe {
        let own = pthread_self();
        match SEEKER.compare_exchange(NONE, own, Ordering::Acquire, Ordering::Acquire) {
            Ok(_) => {
                let errno = *__errno_location();
                publish(agent_of(ABI_VERSION));
                *__errno_location() = errno;
                SEEKER.store(DONE, Ordering::Release);
            }
            // Others wait for it: what they allocate now is to be recorded like all the rest.
            Err(who) => {
                while who != own && SEEKER.load(Ordering::Acquire) != DONE {
                    sched_yield();
                }
            }
        }
    }
    AGENT.load(Ordering::Acquire)
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
#[cold]
fn look_up() -> *mut Agent {
    OWN_WORD.store(GATE_SHUT, Ordering::Relaxed);
    ptr::null_mut()
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
unsafe fn publish(agent: *const Agent) {
    match agent.as_ref() {
        None => OWN_WORD.store(GATE_SHUT, Ordering::Relaxed),
        Some(found) => {
            AGENT.store(agent.cast_mut(), Ordering::Release);
            GATE.store(found.gate.cast_mut(), Ordering::Release);
        }
    }
}
