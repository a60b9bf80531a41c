// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

#include "analysis/comparison/comparison.h"
#include "cli/diff/compared.h"
#include "cli/diff/cost_word.h"
#include "cli/diff/diff_command.h"
#include "text/paint.h"

namespace heaptap::cli {

/// What a comparison is written from.
struct Diff {
  const DiffOptions& options;
  CostWord cost;
  const Compared& compared;
  const analysis::Comparison& comparison;
  Paint paint = {};  ///< Of text.

  /// How many rows of `all` are shown.
  [[nodiscard]] std::size_t shown(std::size_t all, std::size_t byDefault) const {
    const std::size_t top = options.top ? static_cast<std::size_t>(*options.top) : byDefault;
    return top == 0 ? all : std::min(top, all);
  }
};

}  // namespace heaptap::cli
