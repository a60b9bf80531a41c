// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/comparison/comparison.h"
#include "base/error.h"
#include "cli/diff/cost_word.h"
#include "cli/diff/diff_command.h"
#include "cli/terminal/progress.h"

namespace heaptap::cli {

/// The two sides of a `heaptap diff`, read.
struct Compared {
  std::vector<analysis::ComparedRun> before;
  std::vector<analysis::ComparedRun> after;

  /// The run of an example.
  [[nodiscard]] const analysis::ComparedRun& run(std::size_t number) const {
    return number < before.size() ? before[number] : after[number - before.size()];
  }
};

/// Errors: Usage: sessions and times that make no two sides; as openSession() and
/// ProfileSource::profile();
///         NotFound: no such heap in any of the runs.
[[nodiscard]] Result<Compared> readCompared(const DiffOptions& options, Progress& progress);

}  // namespace heaptap::cli
