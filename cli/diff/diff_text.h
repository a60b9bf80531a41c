// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/diff/diff.h"
#include "export/sink.h"

namespace heaptap::cli {

/// A comparison for people: what the summaries say, then functions and sites, regressions first.
void writeDiffText(exporting::Sink& out, const Diff& diff);

}  // namespace heaptap::cli
