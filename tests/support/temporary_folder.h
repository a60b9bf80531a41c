// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace heaptap::test {

/// A new, empty folder that is gone with everything in it at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return m_path / name; }

  /// Writes a file in the folder and returns its path.
  std::filesystem::path write(std::string_view name, std::string_view content,
                              std::filesystem::perms mode = std::filesystem::perms::owner_read |
                                                            std::filesystem::perms::owner_write) const;

 private:
  std::filesystem::path m_path;
};

/// The whole content of a file. Throws when it cannot be read, which fails the test.
[[nodiscard]] std::string readFile(const std::filesystem::path& path);

}  // namespace heaptap::test
