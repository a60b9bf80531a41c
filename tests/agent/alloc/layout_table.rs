// SPDX-License-Identifier: Apache-2.0
//
// Prints what std::alloc::Layout of Rust says; layout_table_test.cpp prints the same of heaptap::Layout.
// layout_table.txt is what Rust 1.95 printed.
use std::alloc::Layout;

const MAX: usize = isize::MAX as usize;
const SIZES: [usize; 12] = [0, 1, 6, 8, 9, 24, 4095, 1 << 31, MAX / 2, MAX - 4096, MAX - 7, MAX];
const ALIGNS: [usize; 8] = [0, 1, 3, 4, 16, 4096, 1 << 62, 1 << 63];
const COUNTS: [usize; 6] = [0, 1, 3, 1 << 31, MAX / 24, usize::MAX];

fn show(layout: Option<Layout>) -> String {
    layout.map_or("-".to_string(), |l| format!("{}/{}", l.size(), l.align()))
}

fn show_with(pair: Option<(Layout, usize)>) -> String {
    pair.map_or("-".to_string(), |(l, n)| format!("{}/{}+{}", l.size(), l.align(), n))
}

fn main() {
    let mut layouts = Vec::new();
    for size in SIZES {
        for align in ALIGNS {
            let layout = Layout::from_size_align(size, align).ok();
            println!("from {} {} = {}", size, align, show(layout));
            layouts.extend(layout);
        }
    }
    for layout in &layouts {
        print!("of {} pad {} dangling {}", show(Some(*layout)), show(Some(layout.pad_to_align())), layout.dangling_ptr().as_ptr() as usize);
        print!(" to");
        for align in ALIGNS {
            print!(" {}", show(layout.align_to(align).ok()));
        }
        print!(" repeat");
        for count in COUNTS {
            print!(" {} {}", show_with(layout.repeat(count).ok()), show(layout.repeat_packed(count).ok()));
        }
        print!(" extend");
        for (size, align) in [(0, 1), (1, 1), (24, 16), (5, 4096), (MAX - 7, 8), (0, 1 << 63)] {
            let next = Layout::from_size_align(size, align).unwrap();
            print!(" {} {}", show_with(layout.extend(next).ok()), show(layout.extend_packed(next).ok()));
        }
        println!();
    }
    for count in COUNTS {
        println!(
            "array {} = {} {} {} {}",
            count,
            show(Layout::array::<u8>(count).ok()),
            show(Layout::array::<u64>(count).ok()),
            show(Layout::array::<[u16; 3]>(count).ok()),
            show(Layout::array::<[u8; 4096]>(count).ok())
        );
    }
}
