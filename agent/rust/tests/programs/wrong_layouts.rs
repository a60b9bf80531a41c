// SPDX-License-Identifier: Apache-2.0
//! Breaks the contract of GlobalAlloc in ways that malloc forgives: each is a finding.
use std::alloc::{alloc, dealloc, realloc, Layout};
use std::hint::black_box;

#[global_allocator]
static GLOBAL: heaptap::Tracing = heaptap::Tracing::new();

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap()
}

#[inline(never)]
unsafe fn free_as_smaller() {
    let block = black_box(alloc(layout(64, 8)));
    dealloc(block, layout(63, 8));
}

#[inline(never)]
unsafe fn free_as_less_aligned() {
    let block = black_box(alloc(layout(256, 64)));
    dealloc(block, layout(256, 16));
}

#[inline(never)]
unsafe fn grow_as_larger() {
    let block = black_box(alloc(layout(40, 8)));
    let block = black_box(realloc(block, layout(48, 8), 80));
    dealloc(block, layout(80, 8));
}

#[inline(never)]
unsafe fn free_by_malloc() {
    extern "C" {
        fn free(block: *mut u8);
    }
    free(black_box(alloc(layout(24, 8))));
}

fn main() {
    // SAFETY: none; System ends all of them by free.
    unsafe {
        free_as_smaller();
        free_as_less_aligned();
        grow_as_larger();
        if std::env::args().nth(1).as_deref() == Some("free") {
            free_by_malloc();
        }
    }
}
