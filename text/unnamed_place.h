// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heaptap {

/// In place of a module's name, for code that belongs to no file: what a JIT compiler has made, most of all.
inline constexpr std::string_view kNoModule = "[anonymous]";

/// What code without a name is called: `libjq.so.1+0x12a4`, `[anonymous]+0x7f3a41c6e2b0`.
/// `module`: its path; empty: none. `address`: in its file, or in the process where there is none.
[[nodiscard]] std::string unnamedPlace(std::string_view module, std::uint64_t address);

}  // namespace heaptap
