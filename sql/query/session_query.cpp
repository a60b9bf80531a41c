// SPDX-License-Identifier: Apache-2.0
#include "sql/query/session_query.h"

#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "collector/store/rows.h"
#include "collector/store/session_reader.h"
#include "sql/query/read_only.h"
#include "sql/query/time_limit.h"
#include "sql/registration.h"
#include "sql/sums/sum_functions.h"
#include "sql/sums/summing_statement.h"
#include "sql/tree/tree_table.h"
#include "text/quantity.h"

namespace heaptap::sql {
namespace {

/// A value, a pattern, or a statement of this length is no question.
constexpr int kMostBytes = 64 << 20;
constexpr int kMostPatternBytes = 4096;
constexpr const char* kOnlyRead = "a session is only read: SELECT, and pragmas that tell something";
constexpr const char* kDamagedRemedy = "copy it again from where it was recorded";

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

Value valueOf(sqlite3_stmt* statement, int column) {
  const auto size = [&] { return static_cast<std::size_t>(sqlite3_column_bytes(statement, column)); };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return static_cast<std::int64_t>(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: {
      const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return text == nullptr ? std::string_view() : std::string_view(text, size());
    }
    case SQLITE_BLOB: {
      const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      return BlobValue{bytes == nullptr ? std::string_view() : std::string_view(bytes, size())};
    }
    default: return std::monostate();
  }
}

/// For what SQLite says of a statement.
const char* remedyFor(const std::string& said) {
  if (said.starts_with("no such ")) return "heaptap query SESSION --tables lists them";
  if (said.starts_with("stack_text takes")) return "";  // That says it.
  return "docs/schema.md has queries to begin with, and --tables lists what there is";
}

Error memoryIsUsed(const QueryLimits& limits) {
  return {Code::Unavailable, "SQL", "it needs more than " + formatBytes(limits.memoryBytes) + " of memory",
          "--memory allows more"};
}

/// What a table has failed by: of the statement where that is wrong, else of the file.
Error ofTable(Error error, const std::string& file) {
  const bool isOfStatement = error.code == Code::Usage || error.code == Code::NotFound;
  if (isOfStatement) {
    if (!error.where.empty()) error.what = error.where + ": " + error.what;
    error.where = "SQL";
    error.code = Code::Usage;
  } else if (error.where.empty()) {
    error.where = file;
  }
  if (error.code == Code::Corrupt && error.remedy.empty()) error.remedy = kDamagedRemedy;
  return error;
}

}  // namespace

Error timeIsOver(std::chrono::milliseconds limit) {
  return {Code::Unavailable, "SQL",
          "it takes more than " + formatDuration(static_cast<std::uint64_t>(limit.count()) * 1'000'000),
          "--timeout SECONDS gives it more time"};
}

/// In the order in which they need each other.
struct SessionQuery::Parts {
  Parts(const QueryLimits& wanted, const std::atomic<bool>& interrupted, std::function<void()> onStuck)
      : limits(wanted), isInterrupted(interrupted), time(wanted.time, interrupted, std::move(onStuck)) {
    sqlite3_hard_heap_limit64(
        static_cast<sqlite3_int64>(std::min<std::uint64_t>(limits.memoryBytes, std::uint64_t{1} << 62)));
  }

  /// From now on the connection only reads, within the limits.
  Result<void> restrict() {
    // SQLite declares a table of ours when it is first used, and the guard would take that for a CREATE
    // TABLE.
    for (const TableWords& table : tableWords())
      if (auto used = file().prepare("SELECT 1 FROM " + std::string(table.name)); !used)
        return tl::unexpected(std::move(used.error()));
    sqlite3_limit(file().handle(), SQLITE_LIMIT_LENGTH, kMostBytes);
    sqlite3_limit(file().handle(), SQLITE_LIMIT_LIKE_PATTERN_LENGTH, kMostPatternBytes);
    guard.guard(file().handle());
    time.follow(file().handle());
    return {};
  }
  /// What opening has failed by: perhaps the limit of memory, which SQLite reports as an error of its own.
  [[nodiscard]] Error ofOpening(Error error) const {
    const bool isMemory = error.what.find(sqlite3_errstr(SQLITE_NOMEM)) != std::string::npos;
    return isMemory ? memoryIsUsed(limits) : error;
  }
  store::Database& file() { return whole ? whole->database() : *memory; }
  [[nodiscard]] Result<void> checkSame() const { return whole ? whole->checkSame() : tree->checkSame(); }

  QueryLimits limits;
  const std::atomic<bool>& isInterrupted;
  TimeLimit time;
  ReadOnly guard;
  std::shared_ptr<TreeSessions> tree;       ///< Null: of one session.
  std::optional<store::Database> memory;    ///< Of a tree: a connection without a file.
  std::optional<store::OpenedFile> whole;   ///< Of one session.
  std::shared_ptr<SessionContext> context;  ///< Likewise.
  std::shared_ptr<SessionContext> errors;   ///< Notes what tables have failed by; of one session, the same.
};

SessionQuery::SessionQuery(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}
SessionQuery::SessionQuery(SessionQuery&&) noexcept = default;
SessionQuery& SessionQuery::operator=(SessionQuery&&) noexcept = default;
SessionQuery::~SessionQuery() = default;

Result<SessionQuery> SessionQuery::open(const std::filesystem::path& file, const QueryLimits& limits,
                                        const std::atomic<bool>& isInterrupted,
                                        std::function<void()> onStuck) {
  auto parts = std::make_unique<Parts>(limits, isInterrupted, std::move(onStuck));
  auto database = store::SessionReader::openFile(file);
  if (!database) return tl::unexpected(parts->ofOpening(std::move(database.error())));
  parts->whole.emplace(std::move(*database));
  sqlite3* const connection = parts->file().handle();
  auto context = addTables(connection);
  if (!context) return tl::unexpected(parts->ofOpening(std::move(context.error())));
  parts->context = std::move(*context);
  parts->errors = parts->context;
  if (addSumFunctions(connection, parts->context) != SQLITE_OK)
    return failure(Code::Internal, file.string(), sqlite3_errmsg(connection));
  if (auto begun = parts->file().run("BEGIN"); !begun)
    return tl::unexpected(parts->ofOpening(std::move(begun.error())));
  return parts->restrict()
      .map_error([&](Error error) { return parts->ofOpening(std::move(error)); })
      .map([&] { return SessionQuery(std::move(parts)); });
}

Result<SessionQuery> SessionQuery::openTree(TreeFiles files, const QueryLimits& limits,
                                            const std::atomic<bool>& isInterrupted,
                                            std::function<void()> onStuck) {
  auto parts = std::make_unique<Parts>(limits, isInterrupted, std::move(onStuck));
  auto memory = store::Database::open("the tree", store::Database::Mode::Memory);
  if (!memory) return tl::unexpected(parts->ofOpening(std::move(memory.error())));
  parts->memory.emplace(std::move(*memory));
  parts->tree = std::make_shared<TreeSessions>(std::move(files), parts->time);
  return addTreeTables(parts->file().handle(), parts->tree)
      .and_then([&](std::shared_ptr<SessionContext> errors) {
        parts->errors = std::move(errors);
        return parts->restrict();
      })
      .map_error([&](Error error) { return parts->ofOpening(std::move(error)); })
      .map([&] { return SessionQuery(std::move(parts)); });
}

Result<void> SessionQuery::run(std::string_view statements, RowSink& rows) {
  if (statements.find('\0') != std::string_view::npos)
    return failure(Code::Usage, "SQL", "it has a zero byte", "it is to be text");
  while (!statements.empty()) {
    const auto used = runFirst(statements, rows);
    // Another program may have written meanwhile what cannot be locked: that is to be said instead.
    if (auto same = m_parts->checkSame(); !same) return same;
    if (!used) return tl::unexpected(used.error());
    if (*used == 0) return {};
    statements.remove_prefix(*used);
  }
  return {};
}

Result<std::size_t> SessionQuery::runFirst(std::string_view statements, RowSink& rows) {
  if (statements.size() > kMostBytes)
    return failure(Code::Usage, "SQL", "statements of more than " + formatBytes(kMostBytes),
                   "ask in several calls");
  sqlite3* const connection = m_parts->file().handle();
  m_parts->guard.begin(statements);
  (void)m_parts->errors->takeError();
  if (m_parts->tree) m_parts->tree->beginStatement();
  sqlite3_stmt* made = nullptr;
  const char* end = nullptr;
  m_parts->time.begin();
  const int status =
      sqlite3_prepare_v2(connection, statements.data(), static_cast<int>(statements.size()), &made, &end);
  m_parts->time.end();
  const StatementHandle statement(made);
  if (status != SQLITE_OK) return tl::unexpected(errorOf(status));
  const auto used = static_cast<std::size_t>(end - statements.data());
  if (!statement) return used;  // Blanks and comments.
  if (sqlite3_stmt_readonly(made) == 0)
    return failure(Code::Usage, "SQL",
                   m_parts->guard.verb().empty() ? "this would write" : m_parts->guard.verb() + " is refused",
                   kOnlyRead);
  bool isEnough = false;
  if (m_parts->context) m_parts->context->setSummedColumns(summedColumns(made));
  if (auto read = readRows(made, rows, isEnough); !read) return tl::unexpected(std::move(read.error()));
  return isEnough ? 0 : used;
}

Result<void> SessionQuery::readRows(void* handle, RowSink& rows, bool& isEnough) {
  auto* const statement = static_cast<sqlite3_stmt*>(handle);
  const int columns = sqlite3_column_count(statement);
  std::vector<std::string> names;
  for (int i = 0; i < columns; ++i) {
    const char* const name = sqlite3_column_name(statement, i);
    names.emplace_back(name == nullptr ? "" : name);
  }
  // Not before it is clear that the statement works.
  bool hasBegun = columns == 0;
  std::vector<Value> values(static_cast<std::size_t>(columns));
  int status = SQLITE_ROW;
  while (!isEnough) {
    m_parts->time.begin();
    status = sqlite3_step(statement);
    m_parts->time.end();
    if (status == SQLITE_ROW || status == SQLITE_DONE)
      if (!std::exchange(hasBegun, true)) rows.begin(names);
    if (status != SQLITE_ROW) break;
    if (m_parts->isInterrupted) return tl::unexpected(errorOf(SQLITE_INTERRUPT));
    for (int i = 0; i < columns; ++i) values[static_cast<std::size_t>(i)] = valueOf(statement, i);
    isEnough = !rows.row(values);
  }
  // What there are of rows is shown, also before an error.
  if (columns != 0 && hasBegun) rows.end();
  if (!isEnough && status != SQLITE_DONE) return tl::unexpected(errorOf(status));
  return {};
}

Error SessionQuery::errorOf(int status) const {
  const std::string where = m_parts->file().file().string();
  const std::string said = sqlite3_errmsg(m_parts->file().handle());
  const auto noted = m_parts->errors->takeError();
  switch (status & 0xFF) {
    case SQLITE_INTERRUPT:
      if (m_parts->isInterrupted) return {Code::Unavailable, "SQL", "interrupted", {}};
      return timeIsOver(m_parts->limits.time);
    case SQLITE_NOMEM: return memoryIsUsed(m_parts->limits);
    case SQLITE_TOOBIG:
      return {Code::Unavailable, "SQL", "a value is larger than " + formatBytes(kMostBytes),
              "take a part of it: substr()"};
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return {Code::Usage, "SQL",
              (m_parts->guard.refused().empty() ? said : m_parts->guard.refused() + " is refused"),
              kOnlyRead};
    case SQLITE_FULL:
      return {Code::StorageFull, "SQL", "there is no room for its temporary file",
              "SQLITE_TMPDIR names another folder"};
    default: break;
  }
  // Of a table of ours, with its own words.
  if (noted) return ofTable(*noted, where);
  switch (status & 0xFF) {
    case SQLITE_NOTADB:
      return {Code::NotASession, where, "not a heaptap session", "heaptap ls FOLDER lists those of a folder"};
    case SQLITE_CORRUPT:
    case SQLITE_IOERR: return {Code::Corrupt, where, "it is damaged: " + said, kDamagedRemedy};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Code::Unavailable, where, "another program has locked it", "try again"};
    default: break;
  }
  return {Code::Usage, "SQL", said, remedyFor(said)};
}

Result<std::vector<SessionQuery::StoredTable>> SessionQuery::storedTables() {
  std::vector<StoredTable> tables;
  return store::forEachRow(
             m_parts->file(),
             "SELECT s.name AS name, c.name AS column FROM main.sqlite_schema s "
             "JOIN pragma_table_info(s.name) c WHERE s.type IN ('table', 'view') ORDER BY s.rowid, c.cid",
             [&](const store::Statement& row) -> Result<void> {
               const std::string name(row.text("name"));
               if (tables.empty() || tables.back().name != name) tables.push_back({name, {}});
               tables.back().columns.emplace_back(row.text("column"));
               return {};
             })
      .map([&] { return std::move(tables); });
}

std::vector<std::string> SessionQuery::notes() const {
  return m_parts->tree ? m_parts->tree->notes() : std::vector<std::string>();
}

std::uint64_t SessionQuery::missingEvents() const {
  if (m_parts->tree) return m_parts->tree->missingEvents();
  if (!m_parts->context->hasReadEvents()) return 0;
  const auto session = m_parts->context->session();
  return session ? (*session)->view().custody.eventsNotStored : 0;
}

}  // namespace heaptap::sql
