// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {

/// Programs that write to a file instead of a relay (HEAPTAP_BUFFER), and `heaptap recover`.
class BufferedTest : public testing::Test {
 protected:
  using Environment = std::map<std::string, std::optional<std::string>>;

  /// The variables of a program that writes to `pattern` in the test's folder.
  [[nodiscard]] Environment buffered(const std::string& pattern = "app.buffer") const;
  [[nodiscard]] Outcome run(const std::vector<std::string>& argv, const Environment& environment) const;
  [[nodiscard]] Outcome run(const std::vector<std::string>& argv) const { return run(argv, buffered()); }
  /// `heaptap recover`, in the folder.
  [[nodiscard]] Outcome recover(const std::string& file, const std::vector<std::string>& options = {}) const;
  /// Files in the folder with this extension, by name.
  [[nodiscard]] std::vector<std::filesystem::path> files(const std::string& extension) const;

  TemporaryFolder m_folder;
};

/// May this user make mount and PID namespaces here?
[[nodiscard]] bool namespacesAreAllowed();

}  // namespace heaptap::test
