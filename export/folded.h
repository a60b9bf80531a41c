// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// A line for each stack with a cost, `main;parse;grow 4096`: the functions from the outermost inwards, a
/// blank and the cost. Stacks of the same functions are one line. What flamegraph.pl, inferno and speedscope
/// read.
void writeFolded(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
