// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace heaptap::cli {

struct LsOptions {
  std::vector<std::filesystem::path> paths;  ///< Folders and files; none: the current folder.
  std::optional<std::string> collector;      ///< Its sessions instead.
};

/// `heaptap ls`: a table of sessions, newest first. What cannot be read is listed with the reason, and is
/// no failure; a path that was named and is not there is one.
[[nodiscard]] int lsCommand(const LsOptions& options);

}  // namespace heaptap::cli
