// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "collector/store/database.h"
#include "collector/store/file_state.h"

namespace heaptap::store {

/// A session file that is read; nothing is changed on the disk, nor added beside the file.
///
/// While a collector writes the file, SQLite's locks see to it that what is read is of one moment. Without a
/// collector there is no lock file, and in a folder that cannot be written SQLite could not make one: then
/// the file, and the log beside it, are read without locks, and checkSame() tells whether a program has
/// changed them meanwhile. Owns: the connection. Threads: one at a time.
class OpenedFile {
 public:
  /// Errors: NotFound, NotPermitted, NotASession, SchemaTooNew, Corrupt, NotWritable.
  static Result<OpenedFile> open(const std::filesystem::path& file);

  /// What another program's code has opened, and sees to.
  static OpenedFile over(Database borrowed) { return {std::move(borrowed), std::nullopt}; }

  Database& database() { return m_database; }
  /// Errors: Unavailable: what was read until now may be of different moments.
  [[nodiscard]] Result<void> checkSame() const;
  /// What was read, if it is of one moment. Errors: its own; as checkSame().
  template <class T>
  [[nodiscard]] Result<T> sameAfter(Result<T> read) const {
    auto same = checkSame();
    if (!same) return tl::unexpected(std::move(same.error()));
    return read;
  }

 private:
  /// Of the file, of its log and of the lock file, which no writer goes without.
  using States = std::array<std::optional<FileState>, 3>;
  OpenedFile(Database database, std::optional<States> before)
      : m_database(std::move(database)), m_before(std::move(before)) {}

  static Result<OpenedFile> openWithoutLocks(const std::filesystem::path& file);
  static States statesOf(const std::filesystem::path& file);

  Database m_database;
  std::optional<States> m_before;  ///< None: there are locks.
};

}  // namespace heaptap::store
