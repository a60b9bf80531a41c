// SPDX-License-Identifier: Apache-2.0
// Where this code is inlined, reports know it by the name of this file, and leave it out.
use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

use crate::agent::{self, Agent, Allocation, CallSite, ORIGIN_RUST_GLOBAL};
use crate::system::{self, System};

/// Records what is allocated and freed, each with its stack, and leaves the work to `A`.
///
/// What `A` asks of others, such as malloc under `heaptap run`, is not recorded again. A block that is freed
/// with another layout than it was allocated with is reported, as a wrong size or alignment, and freed all the
/// same.
///
/// ```
/// #[global_allocator]
/// static GLOBAL: heaptap::Tracing = heaptap::Tracing::new();
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct Tracing<A = System> {
    inner: A,
    usable: Option<unsafe extern "C" fn(*mut core::ffi::c_void) -> usize>,
}

impl Tracing<System> {
    /// Over malloc, as the standard library's `System`.
    pub const fn new() -> Self {
        Tracing { inner: System, usable: system::USABLE_SIZE }
    }
}

impl Default for Tracing<System> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A> Tracing<A> {
    /// Over any other allocator.
    pub const fn with(inner: A) -> Self {
        Tracing { inner, usable: None }
    }

    /// The allocator that does the work.
    pub const fn inner(&self) -> &A {
        &self.inner
    }

    fn described(&self, block: *mut u8, size: usize, align: usize) -> Allocation {
        Allocation { block: block.cast(), size, align, origin: ORIGIN_RUST_GLOBAL, usable: self.usable }
    }
}

/// While a call of the inner allocator lasts, this thread's other reports are answered for. A word in this frame
/// holds as long as it does: see heaptap_enter_layer().
struct Layer {
    word: u64,
}

impl Layer {
    const fn new() -> Self {
        Layer { word: 0 }
    }

    /// False: an outer layer answers for this one.
    unsafe fn enter(&mut self, agent: &Agent) -> bool {
        let word = ptr::addr_of_mut!(self.word);
        let value = word as u64 ^ 0x9E37_79B9_7F4A_7C15;
        word.write_volatile(value);
        let from = CallSite { pc: value, sp: word as u64, fp: 0, at: word as u64 };
        (agent.enter_layer)(ptr::null(), &from) != 0
    }

    unsafe fn leave(&mut self, agent: &Agent) {
        (agent.leave_layer)();
        ptr::addr_of_mut!(self.word).write_volatile(0);
    }
}

impl<A: GlobalAlloc> Tracing<A> {
    // Never inlined: these are the frames that reports leave out, by their names.

    #[inline(never)]
    unsafe fn recorded_alloc(&self, layout: Layout, zeroed: bool) -> *mut u8 {
        let real = || if zeroed { self.inner.alloc_zeroed(layout) } else { self.inner.alloc(layout) };
        let Some(agent) = agent::find() else { return real() };
        let mut layer = Layer::new();
        if !layer.enter(agent) {
            return real();
        }
        let block = real();
        layer.leave(agent);
        if block.is_null() {
            (agent.on_oom)(layout.size(), layout.align());
        } else {
            (agent.on_alloc)(&self.described(block, layout.size(), layout.align()), ptr::null());
        }
        block
    }

    #[inline(never)]
    unsafe fn recorded_dealloc(&self, block: *mut u8, layout: Layout) {
        let Some(agent) = agent::find() else { return self.inner.dealloc(block, layout) };
        // First: afterwards another thread may own the block.
        (agent.on_dealloc)(block.cast(), layout.size(), layout.align(), ORIGIN_RUST_GLOBAL, ptr::null());
        let mut layer = Layer::new();
        let entered = layer.enter(agent);
        self.inner.dealloc(block, layout);
        if entered {
            layer.leave(agent);
        }
    }

    #[inline(never)]
    unsafe fn recorded_realloc(&self, block: *mut u8, old: Layout, new_size: usize) -> *mut u8 {
        let Some(agent) = agent::find() else { return self.inner.realloc(block, old, new_size) };
        let token =
            (agent.on_realloc_begin)(block.cast(), old.size(), old.align(), ORIGIN_RUST_GLOBAL, ptr::null());
        let mut layer = Layer::new();
        if !layer.enter(agent) {
            return self.inner.realloc(block, old, new_size);
        }
        let now = self.inner.realloc(block, old, new_size);
        layer.leave(agent);
        let allocation = self.described(now, new_size, old.align());
        (agent.on_realloc_end)(token, block.cast(), &allocation, ptr::null());
        if now.is_null() {
            (agent.on_oom)(new_size, old.align());
        }
        now
    }
}

// SAFETY: blocks are those of `A`, under its contract.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Tracing<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if agent::may_record() {
            return self.recorded_alloc(layout, false);
        }
        self.inner.alloc(layout)
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if agent::may_record() {
            return self.recorded_alloc(layout, true);
        }
        self.inner.alloc_zeroed(layout)
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if agent::may_record() {
            return self.recorded_dealloc(block, layout);
        }
        self.inner.dealloc(block, layout)
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, old: Layout, new_size: usize) -> *mut u8 {
        if agent::may_record() {
            return self.recorded_realloc(block, old, new_size);
        }
        self.inner.realloc(block, old, new_size)
    }
}
