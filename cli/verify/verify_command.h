// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

namespace heaptap::cli {

struct VerifyOptions {
  std::vector<std::filesystem::path> files;
  bool isQuiet = false;  ///< Only what is wrong is said.
};

/// `heaptap verify`: counts the events of session files anew, and compares with the numbers that they have.
/// Returns: the exit status; of several files, that of the first one with which something is wrong.
[[nodiscard]] int verifyCommand(const VerifyOptions& options);

}  // namespace heaptap::cli
