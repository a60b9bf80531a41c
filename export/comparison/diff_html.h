// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/comparison/comparison_subject.h"
#include "export/sink.h"

namespace heaptap::exporting {

/// A page that needs nothing else, neither files nor a network: the verdict, a differential flame graph with
/// search and zoom, and tables of sites and functions to sort and to search, regressions first, noise last.
void writeDiffHtml(const ComparisonSubject& subject, Sink& sink);

}  // namespace heaptap::exporting
