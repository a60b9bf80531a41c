// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/error.h"

namespace heaptap::cli {

/// A folder for the sockets of one run: mode 0700, in $XDG_RUNTIME_DIR or /tmp, whichever is usable and
/// short enough for socket addresses (108 bytes, unix(7)). Root's has mode 0711, in a place that all users
/// may enter, so that a program that has changed its user still reaches the relay's socket; the others are
/// closed to it by their own modes.
/// Owns: the folder; the destructor removes it with everything in it, unless it was left to another.
class PrivateFolder {
 public:
  /// Errors: NotWritable.
  [[nodiscard]] static Result<PrivateFolder> make();

  ~PrivateFolder();
  PrivateFolder(PrivateFolder&& other) noexcept;
  PrivateFolder& operator=(PrivateFolder&& other) noexcept;

  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
  /// Leaves it to others to remove: processes that go on need it.
  void leave() { m_path.clear(); }

 private:
  explicit PrivateFolder(std::filesystem::path path) : m_path(std::move(path)) {}

  std::filesystem::path m_path;
};

}  // namespace heaptap::cli
