// SPDX-License-Identifier: Apache-2.0
//! Allocates what can be counted: in two threads and a forked child, grown, zeroed, aligned to pages, leaked.
mod counted;

use counted::Counted;
use heaptap::Tracing;
use std::hint::black_box;

#[global_allocator]
static GLOBAL: Tracing<Counted> = Tracing::with(Counted::new());

#[repr(align(4096))]
struct Page {
    _bytes: [u8; 4096],
}

#[inline(never)]
fn leak_ten() {
    for _ in 0..black_box(10) {
        std::mem::forget(black_box(Box::new([1u8; 100])));
    }
}

#[inline(never)]
fn leak_a_page() {
    std::mem::forget(black_box(Box::new(Page { _bytes: [7; 4096] })));
}

#[inline(never)]
fn leak_zeros() {
    std::mem::forget(black_box(vec![0u64; 1000]));
}

#[inline(never)]
fn grow() -> Vec<u32> {
    let mut numbers = Vec::new();
    for i in 0..1000 {
        numbers.push(black_box(i));
    }
    numbers
}

#[inline(never)]
fn churn() {
    for _ in 0..black_box(50) {
        drop(black_box(vec![9u8; 64]));
    }
}

/// Each frees what another has grown, all at once.
#[inline(never)]
fn grow_in_threads() {
    let grown: Vec<Vec<Vec<u64>>> = std::thread::scope(|scope| {
        let make = || (1..=200).map(|size| black_box(vec![7u64; size])).collect();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(make)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    std::thread::scope(|scope| {
        let free = |blocks| scope.spawn(move || drop(black_box(blocks)));
        let threads: Vec<_> = grown.into_iter().map(free).collect();
        // The scope would only wait for the closures: a thread's own blocks are freed behind them.
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

fn in_a_child() {
    extern "C" {
        fn fork() -> i32;
        fn waitpid(child: i32, status: *mut i32, options: i32) -> i32;
        fn _exit(status: i32) -> !;
    }
    // SAFETY: no other thread runs.
    unsafe {
        let child = fork();
        if child == 0 {
            leak_ten();
            _exit(0);
        }
        let mut status = 0;
        waitpid(child, &mut status, 0);
    }
}

fn main() {
    leak_ten();
    leak_a_page();
    leak_zeros();
    std::mem::forget(grow());
    churn();
    std::thread::spawn(|| drop(grow())).join().unwrap();
    grow_in_threads();
    if std::env::args().nth(1).as_deref() == Some("fork") {
        in_a_child();
    }
    GLOBAL.inner().finish();
}
