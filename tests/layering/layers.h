// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heaptap::layering {

/// An include as written: `#include "path"` or `#include <path>`.
struct Include {
  std::string path;
  bool quoted = false;
};

/// Every include in a source text, in order.
[[nodiscard]] std::vector<Include> includesIn(std::string_view source);

/// The folder of the layer that a file (path from the repository's root) belongs to, such as `agent/relay`;
/// nothing when no layer has it.
[[nodiscard]] std::optional<std::string> layerOf(std::string_view path);

/// Why a file must not include this; nothing when it may.
[[nodiscard]] std::optional<std::string> violation(std::string_view file, const Include& include);

}  // namespace heaptap::layering
