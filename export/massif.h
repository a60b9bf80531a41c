// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// A file of valgrind's massif, which ms_print and massif-visualizer read: the live heap over time, and its
/// call sites at the snapshots, at the peak and at the end.
void writeMassif(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
