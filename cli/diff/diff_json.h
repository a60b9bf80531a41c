// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/diff/diff.h"
#include "export/sink.h"

namespace heaptap::cli {

inline constexpr int kDiffSchemaVersion = 1;

/// A comparison for programs: a contract, described in docs/comparing.md.
void writeDiffJson(exporting::Sink& out, const Diff& diff);

}  // namespace heaptap::cli
