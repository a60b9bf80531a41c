// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/sink.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// A page that needs nothing else, neither files nor a network: summary, timeline, flame graph with search
/// and zoom, leaks, call sites, sizes. Small functions are added up, and said to be.
void writeHtml(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
