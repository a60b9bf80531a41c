// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// A flame graph as a picture: the program at the bottom, each function above its caller, as wide as its
/// cost. Small functions are added up. Names and numbers are shown where the pointer rests.
void writeSvg(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
