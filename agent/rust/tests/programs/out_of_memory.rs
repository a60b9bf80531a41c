// SPDX-License-Identifier: Apache-2.0
//! Asks for more than there is: once in a way that can fail, then in one that cannot.
#[global_allocator]
static GLOBAL: heaptap::Tracing = heaptap::Tracing::new();

#[inline(never)]
fn leak_before() {
    std::mem::forget(std::hint::black_box(Box::new([3u8; 777])));
}

fn main() {
    let mut text = Vec::<u8>::new();
    assert!(text.try_reserve_exact(1 << 46).is_err());
    leak_before();
    drop(std::hint::black_box(Vec::<u8>::with_capacity(1 << 45)));
}
