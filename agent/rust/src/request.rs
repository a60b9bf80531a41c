// SPDX-License-Identifier: Apache-2.0
//! What a program tells heaptap about itself. Where it is not recorded, all does nothing.
use core::ffi::c_char;
use core::ptr;

use crate::agent;

// enum heaptap_request, heaptap.h.
const IS_RECORDING: u32 = 0;
const PAUSE: u32 = 1;
const RESUME: u32 = 2;
const MARK: u32 = 3;
const MAX_MARK_BYTES: usize = 255;

fn ask(what: u32, name: *const c_char) -> bool {
    if !agent::may_record() {
        return false;
    }
    // SAFETY: `name` is null or ends with a zero.
    agent::find().is_some_and(|agent| unsafe { (agent.request)(what, name) } != 0)
}

/// Whether this process is recorded at the moment: neither paused nor stopped.
pub fn is_recording() -> bool {
    ask(IS_RECORDING, ptr::null())
}

/// From here on allocations are not recorded; frees of recorded blocks are. For the whole process; does not nest.
pub fn pause() {
    ask(PAUSE, ptr::null());
}

/// Ends a pause.
pub fn resume() {
    ask(RESUME, ptr::null());
}

/// Names this moment, in reports and in the viewer. The first 255 bytes are kept, up to the first zero byte.
/// Allocates nothing.
pub fn mark(name: &str) {
    let mut end = name.len().min(MAX_MARK_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let mut text = [0u8; MAX_MARK_BYTES + 1];
    text[..end].copy_from_slice(&name.as_bytes()[..end]);
    ask(MARK, text.as_ptr().cast());
}
