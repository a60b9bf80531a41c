// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace heaptap::analysis {

/// A pattern of one line for a name as it is; `*` stands for each of `special` and for what would end or trim
/// the line, and for what a name has behind its first kilobytes.
[[nodiscard]] std::string patternFor(std::string_view name, std::string_view special);

}  // namespace heaptap::analysis
