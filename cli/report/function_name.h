// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace heaptap::cli {

/// A demangled function name in at most `columns` columns (0: unlimited). What is left out is marked `…`,
/// and goes in this order: template arguments from the innermost outwards, then parameters, then the
/// outer scopes. The function's own name stays to the last.
[[nodiscard]] std::string shortFunctionName(std::string_view name, std::size_t columns);

}  // namespace heaptap::cli
