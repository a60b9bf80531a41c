// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heaptap::cli {

/// The one of `known` that was meant by `word`: one or two letters differ, are missing, too many or
/// exchanged; of short words one. Empty: none, or several that are equally near.
[[nodiscard]] std::string nearWord(std::string_view word, const std::vector<std::string>& known);

}  // namespace heaptap::cli
