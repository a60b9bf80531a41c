// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/diff/diff.h"
#include "cli/output.h"

namespace heaptap::cli {

inline constexpr int kDiffSchemaVersion = 1;

/// A comparison for programs: a contract, described in docs/comparing.md.
void writeDiffJson(Output& out, const Diff& diff);

}  // namespace heaptap::cli
