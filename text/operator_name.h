// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace heaptap {
inline namespace text {

/// Length of `operator<<` and the like when the name has one at `at`, so that its `<`, `>`, `(` and `)` are
/// not read as brackets; else 0.
[[nodiscard]] std::size_t operatorLength(std::string_view name, std::size_t at);

/// Whether `name` ends in the word `operator`: what follows is its symbol.
[[nodiscard]] bool endsInOperator(std::string_view name);

}  // namespace text
}  // namespace heaptap
