// SPDX-License-Identifier: Apache-2.0
use core::alloc::{GlobalAlloc, Layout};
use core::ffi::{c_int, c_void};
use core::ptr;

extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn calloc(count: usize, size: usize) -> *mut c_void;
    fn realloc(block: *mut c_void, size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
    fn posix_memalign(result: *mut *mut c_void, align: usize, size: usize) -> c_int;
    #[cfg(target_os = "linux")]
    fn malloc_usable_size(block: *mut c_void) -> usize;
}

/// What malloc aligns to.
const NATURAL_ALIGN: usize = 2 * core::mem::size_of::<usize>();

/// How much one of its blocks holds.
#[cfg(target_os = "linux")]
pub(crate) const USABLE_SIZE: Option<unsafe extern "C" fn(*mut c_void) -> usize> = Some(malloc_usable_size);
#[cfg(not(target_os = "linux"))]
pub(crate) const USABLE_SIZE: Option<unsafe extern "C" fn(*mut c_void) -> usize> = None;

/// The C library's allocator, asked under the same conditions as `std::alloc::System` does on Unix; for programs
/// without `std`, too.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

fn is_natural(align: usize, size: usize) -> bool {
    align <= NATURAL_ALIGN && align <= size
}

unsafe fn aligned(layout: Layout) -> *mut u8 {
    let mut block = ptr::null_mut();
    let align = layout.align().max(core::mem::size_of::<usize>());
    if posix_memalign(&mut block, align, layout.size()) != 0 {
        return ptr::null_mut();
    }
    block.cast()
}

// SAFETY: malloc's blocks are as GlobalAlloc demands; all ends by free.
unsafe impl GlobalAlloc for System {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_natural(layout.align(), layout.size()) {
            return malloc(layout.size()).cast();
        }
        aligned(layout)
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_natural(layout.align(), layout.size()) {
            return calloc(layout.size(), 1).cast();
        }
        let block = aligned(layout);
        if !block.is_null() {
            ptr::write_bytes(block, 0, layout.size());
        }
        block
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        free(block.cast());
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, old: Layout, new_size: usize) -> *mut u8 {
        if is_natural(old.align(), new_size) {
            return realloc(block.cast(), new_size).cast();
        }
        let moved = aligned(Layout::from_size_align_unchecked(new_size, old.align()));
        if !moved.is_null() {
            ptr::copy_nonoverlapping(block, moved, old.size().min(new_size));
            free(block.cast());
        }
        moved
    }
}
