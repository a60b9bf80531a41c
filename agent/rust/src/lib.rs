// SPDX-License-Identifier: Apache-2.0
//! Records every allocation of a Rust program, with its stack, for the allocation profiler heaptap:
//!
//! ```
//! #[global_allocator]
//! static GLOBAL: heaptap::Tracing = heaptap::Tracing::new();
//! # fn main() {}
//! ```
//!
//! Under `heaptap run PROGRAM` that is all. With the feature `link` the program also records itself wherever
//! `HEAPTAP_COLLECTOR` is set. Where nothing is recorded, a call costs three loads more.
//!
//! The crate needs no other, no `std`, and works with `panic = "abort"`. On systems other than Linux on x86-64
//! everything does nothing.
#![no_std]
#![warn(missing_docs)]

mod agent;
mod heaptap_tracing;
mod request;
mod system;

pub use heaptap_tracing::Tracing;
pub use request::{is_recording, mark, pause, resume};
pub use system::System;
