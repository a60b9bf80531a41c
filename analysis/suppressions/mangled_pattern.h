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

/// The other way: a pattern for the mangled name of a C++ function, `_ZN*3app4readE*` for `app::read(int)`,
/// `_Z*4read*` for `read(int)`, which is `_ZL4readi` where it is static.
/// Empty: the function is not C++'s, or its mangled name cannot be told.
[[nodiscard]] std::string mangledGlob(std::string_view function);

/// A pattern for the calls of lambdas in a function, given by the last part of its name: `_Z*main*Ul*E*clE*`;
/// of clang's numbered ones, `main::$_0`, `_Z*main*$_*clE*`.
[[nodiscard]] std::string mangledLambdaGlob(std::string_view function, bool isOfClang);

}  // namespace heaptap::analysis
