#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# program: rustc: a program of threads, a panic that is caught, an error
# packages: rustc
cat >a.rs <<'END'
use std::collections::BTreeMap;
use std::thread;
fn main() {
    let all: Vec<_> = (0..4).map(|t| thread::spawn(move || {
        let mut map = BTreeMap::new();
        for i in 0..2000u64 { map.insert(i.wrapping_mul(2654435761) % 997, format!("{t}-{i}")); }
        map.values().map(|s| s.len()).sum::<usize>()
    })).collect();
    let sums: Vec<_> = all.into_iter().map(|t| t.join().unwrap()).collect();
    let caught = std::panic::catch_unwind(|| { let v: Vec<i32> = Vec::new(); v[1] });
    println!("{:?} {}", sums, caught.is_err());
}
END
rustc -O -g a.rs 2>&1 && ./a
echo 'fn main() { let x: i32 = "a"; }' >b.rs; rustc b.rs 2>&1 | head -3; ls
