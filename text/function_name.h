// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Demangled function names in less room. Names come from outside: whatever they contain, the result is text.
namespace heaptap {
inline namespace text {

/// A name in at most `columns` columns (0: unlimited). What is left out is marked `…`, and goes in this
/// order: template arguments from the innermost outwards, then parameters, then the outer scopes. The
/// function's own name stays to the last.
[[nodiscard]] std::string shortFunctionName(std::string_view name, std::size_t columns);

/// A name as one says it: `std::vector<…>::push_back` for
/// `std::vector<int, std::allocator<int> >::push_back(int const&)`. Template arguments become `…`, the
/// parameter list and the return type go; names that do not look like C++ stay as they are.
[[nodiscard]] std::string spokenFunctionName(std::string_view name);

}  // namespace text
}  // namespace heaptap
