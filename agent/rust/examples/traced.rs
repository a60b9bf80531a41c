// SPDX-License-Identifier: Apache-2.0
//! A program that records itself: `heaptap run -- traced`, or with the feature `link`
//! `HEAPTAP_COLLECTOR=ADDRESS traced`.
use std::collections::HashMap;

#[global_allocator]
static GLOBAL: heaptap::Tracing = heaptap::Tracing::new();

fn index(text: &str) -> HashMap<String, Vec<usize>> {
    let mut index = HashMap::new();
    for (position, word) in text.split_whitespace().enumerate() {
        index.entry(word.to_owned()).or_insert_with(Vec::new).push(position);
    }
    index
}

fn main() {
    let text = "the cat saw the dog and the dog saw the bird";
    heaptap::mark("text is there");
    let words = index(text);
    heaptap::mark("words are indexed");
    // Left live on purpose: a leak for the report to show.
    std::mem::forget(index("a leak"));
    println!("{} words, recorded: {}", words.len(), heaptap::is_recording());
}
