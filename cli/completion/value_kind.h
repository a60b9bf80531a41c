// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heaptap::cli {

/// What a shell offers for the value of an option or for an argument.
struct ValueKind {
  enum class From { Nothing, Files, Sessions, Folders, Words };
  From from = From::Nothing;
  std::vector<std::string> words = {};
};

/// By what the help calls the value: `FILE`, `FORMAT`, …
[[nodiscard]] ValueKind valueKindOf(std::string_view name);

}  // namespace heaptap::cli
