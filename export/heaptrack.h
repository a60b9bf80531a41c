// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// A data file of heaptrack (version 3, not compressed), which heaptrack_gui and heaptrack_print open.
///
/// A profile has sums, not events, so the events are such that they lead to the same sums:
///
///     live ▲        ╱╲            1  what is allocated and freed beside the peak, one block after the other
///          │  1   2╱  ╲3  4──     2  all that is live at the peak
///          │┴┴┴┴┴┴╱    ╲──╱       3  what of it is freed
///          └──────────────────►   4  what is live at the end, and was not yet at the peak
///
/// Its charts over time show no more than that. What is sampled has the bytes that it stands for, as one
/// block.
void writeHeaptrack(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
