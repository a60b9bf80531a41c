// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// The large part of the call tree as a graph for Graphviz; small functions are added up.
void writeDot(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
