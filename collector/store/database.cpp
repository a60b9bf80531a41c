// SPDX-License-Identifier: Apache-2.0
#include "collector/store/database.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace heaptap::store {
namespace {

/// `file:` URI of a path: everything that has a meaning in a URI is escaped.
std::string uriOf(const std::filesystem::path& file) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    if (c == '%' || c == '?' || c == '#') {
      const auto byte = static_cast<unsigned char>(c);
      uri += {'%', kDigits[byte >> 4], kDigits[byte & 0xF]};
    } else {
      uri += c;
    }
  }
  return uri;
}

/// Instructions of SQLite's machine between two looks at whether a query is to end: well below a millisecond.
constexpr int kInstructionsBetweenLooks = 10'000;

}  // namespace

void Database::Close::operator()(sqlite3* handle) const {
  if (!isBorrowed) sqlite3_close_v2(handle);
}

Database Database::borrow(sqlite3* handle) {
  const char* const file = sqlite3_db_filename(handle, "main");
  return {handle, file == nullptr ? "" : file, true};
}

Result<Database> Database::open(const std::filesystem::path& file, Mode mode) {
  const bool isInMemory = mode == Mode::Memory;
  const bool writes = mode == Mode::Create || mode == Mode::ReadWrite || isInMemory;
  const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
                    (mode == Mode::Create ? SQLITE_OPEN_CREATE : 0);
  const std::string uri =
      isInMemory ? ":memory:" : uriOf(file) + (mode == Mode::Immutable ? "?immutable=1" : "");
  sqlite3* handle = nullptr;
  const int status =
      sqlite3_open_v2(uri.c_str(), &handle, flags, mode == Mode::OwnIndex ? "unix-none" : nullptr);
  Database database(handle, file);
  if (status != SQLITE_OK) {
    auto error = databaseFailure(handle);
    error.value().where = file.string();
    return error;
  }
  sqlite3_busy_timeout(handle, 5000);  // Only ever waits for a reader of the same file.
  if (mode != Mode::OwnIndex) return database;
  // Whoever may write the log must not move it into the file at the end: there is no lock that says so.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  // Only in this mode SQLite keeps the index of the log in memory (https://www.sqlite.org/wal.html#noshm).
  return database.run("PRAGMA locking_mode = EXCLUSIVE").map([&] { return std::move(database); });
}

Result<std::string> Database::contents() const {
  sqlite3_int64 bytes = 0;
  unsigned char* const copy = sqlite3_serialize(m_handle.get(), "main", &bytes, 0);
  if (copy == nullptr) return databaseFailure(m_handle.get());
  std::string contents(reinterpret_cast<const char*>(copy), static_cast<std::size_t>(bytes));
  sqlite3_free(copy);
  return contents;
}

Result<void> Database::run(const std::string& sql) {
  if (sqlite3_exec(m_handle.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return databaseFailure(m_handle.get());
}

Result<Statement> Database::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(m_handle.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    return databaseFailure(m_handle.get());
  }
  return Statement(statement);
}

Result<Statement> Database::prepareInsert(const std::string& table,
                                          std::initializer_list<std::string_view> columns,
                                          const std::string& verb) {
  std::string names, values;
  for (const std::string_view column : columns) {
    names += (names.empty() ? "" : ", ") + std::string(column);
    values += (values.empty() ? ":" : ", :") + std::string(column);
  }
  return prepare(verb + " INTO " + table + " (" + names + ") VALUES (" + values + ")");
}

void Database::follow(const ReadControl& control, std::uint64_t expected) {
  m_follower = std::make_unique<Follower>(Follower{.control = control, .expected = expected});
  const auto isStopped = [](void* follower) {
    return static_cast<Follower*>(follower)->control.stop.stop_requested() ? 1 : 0;
  };
  if (!m_handle.get_deleter().isBorrowed)  // Its owner may have a handler.
    sqlite3_progress_handler(m_handle.get(), kInstructionsBetweenLooks, isStopped, m_follower.get());
}

Result<void> Database::passed(std::size_t bytes) {
  if (!m_follower) return {};
  Follower& follower = *m_follower;
  if (follower.control.stop.stop_requested())
    return failure(Code::Unavailable, m_file.string(), "the reading was stopped");
  follower.bytes += bytes;
  if (!follower.control.onProgress || follower.expected == 0) return {};
  const double share =
      std::min(1.0, static_cast<double>(follower.bytes) / static_cast<double>(follower.expected));
  const int percent = static_cast<int>(100 * share);
  if (percent <= follower.percent) return {};
  follower.percent = percent;
  follower.control.onProgress(share);
  return {};
}

Result<std::int64_t> Database::number(const std::string& sql) {
  return prepare(sql).and_then([&](Statement statement) -> Result<std::int64_t> {
    auto row = statement.next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return failure(Code::Corrupt, m_file.string(), "no row for: " + sql);
    return statement.firstInteger();
  });
}

}  // namespace heaptap::store
