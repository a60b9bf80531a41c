// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"

namespace heaptap::daemon {

/// The folder that one daemon keeps its sessions in. Holds a lock on it for as long as it lives; the lock
/// goes with the process, however that ends (flock(2)).
class DataFolder {
 public:
  /// Makes the folder, for this user only, if it is not there.
  /// Errors: NotWritable; AlreadyExists: another daemon uses the folder.
  static Result<DataFolder> open(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
  /// The session files in it, by name.
  [[nodiscard]] std::vector<std::filesystem::path> sessionFiles() const;

 private:
  DataFolder(std::filesystem::path path, UniqueFd lock) : m_path(std::move(path)), m_lock(std::move(lock)) {}

  std::filesystem::path m_path;
  UniqueFd m_lock;
};

/// $XDG_DATA_HOME/heaptap, or ~/.local/share/heaptap (XDG Base Directory Specification).
std::filesystem::path defaultDataFolder();

}  // namespace heaptap::daemon
