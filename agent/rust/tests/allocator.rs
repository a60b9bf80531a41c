// SPDX-License-Identifier: Apache-2.0
//! The allocator as such, whether or not it is recorded: all four methods, and that they hand on what they get.
use std::alloc::{alloc, alloc_zeroed, dealloc, realloc, GlobalAlloc, Layout};
use std::sync::Mutex;

use heaptap::{System, Tracing};

#[global_allocator]
static GLOBAL: Tracing = Tracing::new();

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap()
}

#[derive(Debug, PartialEq)]
enum Call {
    Alloc(usize, usize),
    Zeroed(usize, usize),
    Dealloc(usize, usize),
    Realloc(usize, usize, usize),
}

/// Notes its calls in a list that is made beforehand.
struct Noting(Mutex<Vec<Call>>);

impl Noting {
    fn note(&self, call: Call) {
        self.0.lock().unwrap().push(call);
    }
}

unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, l: Layout) -> *mut u8 {
        self.note(Call::Alloc(l.size(), l.align()));
        System.alloc(l)
    }
    unsafe fn alloc_zeroed(&self, l: Layout) -> *mut u8 {
        self.note(Call::Zeroed(l.size(), l.align()));
        System.alloc_zeroed(l)
    }
    unsafe fn dealloc(&self, block: *mut u8, l: Layout) {
        self.note(Call::Dealloc(l.size(), l.align()));
        System.dealloc(block, l)
    }
    unsafe fn realloc(&self, block: *mut u8, l: Layout, new_size: usize) -> *mut u8 {
        self.note(Call::Realloc(l.size(), l.align(), new_size));
        System.realloc(block, l, new_size)
    }
}

#[test]
fn each_method_is_handed_on_as_itself() {
    let tracing = Tracing::with(Noting(Mutex::new(Vec::with_capacity(16))));
    unsafe {
        let block = tracing.alloc(layout(40, 8));
        let block = tracing.realloc(block, layout(40, 8), 80);
        tracing.dealloc(block, layout(80, 8));
        tracing.dealloc(tracing.alloc_zeroed(layout(16, 4)), layout(16, 4));
    }
    let expected = [
        Call::Alloc(40, 8),
        Call::Realloc(40, 8, 80),
        Call::Dealloc(80, 8),
        Call::Zeroed(16, 4),
        Call::Dealloc(16, 4),
    ];
    assert_eq!(*tracing.inner().0.lock().unwrap(), expected);
}

#[test]
fn blocks_are_aligned_and_keep_their_bytes() {
    for align in [1, 2, 8, 16, 32, 64, 4096, 65536] {
        for size in [1, 7, 24, 4000, 70_000] {
            unsafe {
                let block = alloc(layout(size, align));
                assert_eq!(block as usize % align, 0);
                std::slice::from_raw_parts_mut(block, size).fill(0xA5);
                let grown = realloc(block, layout(size, align), size * 3);
                assert_eq!(grown as usize % align, 0);
                assert!(std::slice::from_raw_parts(grown, size).iter().all(|&byte| byte == 0xA5));
                let shrunk = realloc(grown, layout(size * 3, align), 1);
                assert_eq!(*shrunk, 0xA5);
                dealloc(shrunk, layout(1, align));
            }
        }
    }
}

#[test]
fn zeroed_blocks_are_zero() {
    for align in [8, 128] {
        unsafe {
            // Twice, so that the second may get what the first has left.
            for _ in 0..2 {
                let block = alloc_zeroed(layout(5000, align));
                let bytes = std::slice::from_raw_parts_mut(block, 5000);
                assert!(bytes.iter().all(|&byte| byte == 0));
                bytes.fill(0xFF);
                dealloc(block, layout(5000, align));
            }
        }
    }
}

#[test]
fn out_of_memory_is_null_and_leaves_the_block() {
    unsafe {
        assert!(alloc(layout(1 << 47, 8)).is_null());
        assert!(alloc(layout(1 << 47, 64)).is_null());
        let block = alloc(layout(8, 8));
        block.write(42);
        assert!(realloc(block, layout(8, 8), 1 << 47).is_null());
        assert_eq!(block.read(), 42);
        dealloc(block, layout(8, 8));
    }
}

#[test]
fn threads_free_each_others_blocks() {
    let (sender, receiver) = std::sync::mpsc::channel::<Vec<String>>();
    let consumer = std::thread::spawn(move || receiver.iter().map(|texts| texts.len()).sum::<usize>());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let sender = sender.clone();
            scope.spawn(move || {
                for i in 0..500 {
                    sender.send((0..i % 7).map(|n| n.to_string()).collect()).unwrap();
                }
            });
        }
    });
    drop(sender);
    assert_eq!(consumer.join().unwrap(), 4 * (0..500).map(|i| i % 7).sum::<usize>());
}

#[test]
fn requests_can_always_be_made() {
    heaptap::mark("a moment, täglich, 日本語");
    heaptap::mark(&"long ".repeat(200));
    heaptap::pause();
    heaptap::resume();
    let _ = heaptap::is_recording();
}
