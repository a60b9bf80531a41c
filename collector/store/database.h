// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "collector/store/read_control.h"
#include "collector/store/statement.h"

struct sqlite3;

namespace heaptap::store {

/// A connection to one SQLite file.
/// Owns:    the connection; closed by the destructor. Statements must be gone by then.
/// Threads: one at a time.
/// Errors:  StorageFull (disk, quota or file size limit), NotASession (not SQLite), Corrupt, NotWritable,
///          NotPermitted, Internal; `where` is the file.
class Database {
 public:
  enum class Mode {
    Create,  ///< Read and write; made when missing.
    ReadWrite,
    ReadOnly,
    Immutable,  ///< No process writes, and no lock or -shm file can be made: a read-only folder.
    OwnIndex,   ///< The same with a log beside the file: its index is made in memory, and there are no locks.
    Memory,     ///< Of no file; `file` only names it.
  };

  static Result<Database> open(const std::filesystem::path& file, Mode mode);
  /// A connection of the caller, which closes it after this is gone, and follows its queries.
  static Database borrow(sqlite3* handle);

  /// Runs statements that return no rows, or whose rows do not matter.
  Result<void> run(const std::string& sql);
  Result<Statement> prepare(const std::string& sql);
  /// A statement that adds a row, each value by its column's name. `verb`: "INSERT", or "INSERT OR REPLACE".
  Result<Statement> prepareInsert(const std::string& table, std::initializer_list<std::string_view> columns,
                                  const std::string& verb = "INSERT");
  /// First column of the first row.
  Result<std::int64_t> number(const std::string& sql);

  /// What a file of these contents would hold.
  Result<std::string> contents() const;

  /// From now on queries end when the read is to be stopped, and passed() says how far it is.
  /// Units: `expected`: bytes that the rows of all queries will have.
  void follow(const ReadControl& control, std::uint64_t expected);
  /// A row with so many bytes was read. Errors: Unavailable: the read is to be stopped.
  Result<void> passed(std::size_t bytes);

  const std::filesystem::path& file() const { return m_file; }
  /// For what else uses SQLite. Valid as long as this.
  [[nodiscard]] sqlite3* handle() const { return m_handle.get(); }

 private:
  struct Close {
    bool isBorrowed = false;
    void operator()(sqlite3* handle) const;
  };
  Database(sqlite3* handle, std::filesystem::path file, bool isBorrowed = false)
      : m_handle(handle, Close{isBorrowed}), m_file(std::move(file)) {}

  /// At a fixed address, as SQLite keeps a pointer to it.
  struct Follower {
    ReadControl control;
    std::uint64_t expected = 0;
    std::uint64_t bytes = 0;
    int percent = -1;  ///< That was said last.
  };

  std::unique_ptr<Follower> m_follower;  ///< Null: none.
  std::unique_ptr<sqlite3, Close> m_handle;
  std::filesystem::path m_file;
};

}  // namespace heaptap::store
