// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace heaptap {

/// A decimal number that is not negative, at the beginning of a text, and what follows it without the spaces
/// between. None: the text does not begin with one, or it is too large for a double.
[[nodiscard]] std::optional<std::pair<double, std::string_view>> leadingNumber(std::string_view text);

/// Nanoseconds from `12.5s`, `870us`, `2 min`, `1h`, `3d`; a number alone is seconds. None: it is no
/// duration. What would be longer than 126 years is that.
[[nodiscard]] std::optional<std::uint64_t> parseDuration(std::string_view text);

}  // namespace heaptap
