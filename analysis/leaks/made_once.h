// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

/// Functions of a program that allocate what is kept until the end on purpose, by the looks of their names.
namespace heaptap::analysis {

/// Makes the only object of a class, by the last part of what it is called.
[[nodiscard]] bool makesASingleton(std::string_view function);
/// Those last parts.
[[nodiscard]] std::span<const std::string_view> namesOfSingletons();

/// Made by the compiler for the variables of a source file.
[[nodiscard]] bool isStaticInitializer(std::string_view function);

}  // namespace heaptap::analysis
