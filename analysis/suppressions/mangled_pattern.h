// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heaptap::analysis {

/// What a pattern for mangled names (Itanium C++ ABI), as valgrind has them, means for demangled ones, which
/// are what sessions have: `_ZN3app4readEi` becomes `app::read`, `app::read(*` and `app::read<*`; `_ZN3app*`
/// becomes `app::*`. Parameters and template arguments are not compared.
/// Returns globs, any of which may match. Empty: the pattern is for no mangled names.
[[nodiscard]] std::vector<std::string> demangledGlobs(std::string_view pattern);

/// The other way: a pattern for the mangled name of a C++ function, `_ZN*3app4readE*` for `app::read(int)`.
/// Empty: the function is not C++'s, or its mangled name cannot be told.
[[nodiscard]] std::string mangledGlob(std::string_view function);

}  // namespace heaptap::analysis
