// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heaptap::analysis {

/// A function's name without what differs from build to build although the source is the same: numbers of
/// lambdas and unnamed types, clones that the optimizer made, hashes, ABI tags, inline namespaces of the
/// standard library.
///
///     main::{lambda(int)#2}::operator()(int) const, main::$_1::operator()(int) const
///                                             ─►  main::{lambda}::operator()(int) const
///     parse(char const*) [clone .constprop.0] ─►  parse(char const*)
///     app::run::h0123456789abcdef             ─►  app::run
[[nodiscard]] std::string canonicalName(std::string_view name);

/// What canonicalName() leaves out of names that the compiler has made: `{lambda(int)#2}`, `$_1`, in their
/// order; empty: the name has none. It tells the lambdas of one function apart, in one build.
[[nodiscard]] std::string unnamedParts(std::string_view name);

/// A canonical name in which lambdas, closures and unnamed types have a number:
/// `main::{lambda#2}::operator()`.
[[nodiscard]] std::string withOrdinal(std::string_view canonical, std::uint32_t ordinal);

/// The last part of a module's path, without what tells one version of a library from the next:
/// `libz.so` for `/usr/lib/libz.so.1.2.13`, `libc.so` for `/lib/libc-2.31.so`.
[[nodiscard]] std::string canonicalModule(std::string_view path);

}  // namespace heaptap::analysis
