// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace heaptap::store {

/// What the file system says of a file's contents: another state, other contents.
struct FileState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t bytes = 0;
  std::int64_t modifiedNs = 0;  ///< Of its contents; since 1970.
  std::uint32_t owner = 0;      ///< The user's number.
  std::int64_t changedNs = 0;   ///< Of anything of it, also where a program has set `modifiedNs` back.

  /// Follows links. None: there is no such file, or not for this user.
  static std::optional<FileState> of(const std::filesystem::path& file);

  friend bool operator==(const FileState&, const FileState&) = default;
};

}  // namespace heaptap::store
