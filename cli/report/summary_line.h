// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/text/summary_words.h"

namespace heaptap::cli {

inline constexpr std::size_t kLabelColumns = 16;

/// A line of the summary. The number ends at the same column in every line; what explains it follows.
inline std::string numberLine(std::string_view label, const std::string& value,
                              const std::string& meaning = {}) {
  constexpr std::size_t kNumberColumns = 14;
  return "  " + padded(label, kLabelColumns) + paddedLeft(value, kNumberColumns) +
         (meaning.empty() ? "" : "   " + meaning) + "\n";
}

}  // namespace heaptap::cli
