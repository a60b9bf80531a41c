// SPDX-License-Identifier: Apache-2.0
//! The Rust part of a C++ program, which has a tracing allocator of its own.
#[global_allocator]
static GLOBAL: heaptap::Tracing = heaptap::Tracing::new();

/// Leaks `count` boxes of 48 bytes.
#[no_mangle]
pub extern "C" fn leak_in_rust(count: usize) {
    for _ in 0..std::hint::black_box(count) {
        std::mem::forget(std::hint::black_box(Box::new([5u8; 48])));
    }
}
