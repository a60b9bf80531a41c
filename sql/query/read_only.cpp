// SPDX-License-Identifier: Apache-2.0
#include "sql/query/read_only.h"

#include <sqlite3.h>
#include <strings.h>

#include <array>
#include <string_view>

namespace heaptap::sql {
namespace {

/// Pragmas that only tell something; those of the first list tell it of what they are given.
constexpr std::array kPragmasWithArgument{"table_info",  "table_xinfo",     "table_list",
                                          "index_list",  "index_info",      "index_xinfo",
                                          "quick_check", "integrity_check", "foreign_key_list"};
constexpr std::array kPragmasWithout{"application_id", "collation_list", "compile_options", "data_version",
                                     "database_list",  "encoding",       "freelist_count",  "function_list",
                                     "module_list",    "page_count",     "page_size",       "pragma_list",
                                     "schema_version", "user_version",   "query_only",      "journal_mode"};
/// Tables that are functions, beside those of the pragmas above.
constexpr std::array kFunctionTables{"json_each", "json_tree"};
/// Functions that reach beyond the file.
constexpr std::array kFunctionsOutside{"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"};

template <class Names>
bool isAmong(const Names& names, const char* name) {
  for (const char* const known : names)
    if (name != nullptr && ::strcasecmp(known, name) == 0) return true;
  return false;
}

struct ActionWords {
  int action;
  std::string_view words;
};
constexpr std::array kActionWords{
    ActionWords{SQLITE_ALTER_TABLE, "ALTER TABLE"},
    ActionWords{SQLITE_ANALYZE, "ANALYZE"},
    ActionWords{SQLITE_ATTACH, "ATTACH"},
    ActionWords{SQLITE_DETACH, "DETACH"},
    ActionWords{SQLITE_CREATE_INDEX, "CREATE INDEX"},
    ActionWords{SQLITE_CREATE_TABLE, "CREATE TABLE"},
    ActionWords{SQLITE_CREATE_TEMP_INDEX, "CREATE INDEX"},
    ActionWords{SQLITE_CREATE_TEMP_TABLE, "CREATE TEMP TABLE"},
    ActionWords{SQLITE_CREATE_TEMP_TRIGGER, "CREATE TRIGGER"},
    ActionWords{SQLITE_CREATE_TEMP_VIEW, "CREATE TEMP VIEW"},
    ActionWords{SQLITE_CREATE_TRIGGER, "CREATE TRIGGER"},
    ActionWords{SQLITE_CREATE_VIEW, "CREATE VIEW"},
    ActionWords{SQLITE_CREATE_VTABLE, "CREATE VIRTUAL TABLE"},
    ActionWords{SQLITE_DELETE, "DELETE"},
    ActionWords{SQLITE_DROP_INDEX, "DROP INDEX"},
    ActionWords{SQLITE_DROP_TABLE, "DROP TABLE"},
    ActionWords{SQLITE_DROP_TRIGGER, "DROP TRIGGER"},
    ActionWords{SQLITE_DROP_VIEW, "DROP VIEW"},
    ActionWords{SQLITE_DROP_VTABLE, "DROP TABLE"},
    ActionWords{SQLITE_INSERT, "INSERT"},
    ActionWords{SQLITE_REINDEX, "REINDEX"},
    ActionWords{SQLITE_SAVEPOINT, "SAVEPOINT"},
    ActionWords{SQLITE_TRANSACTION, "BEGIN, COMMIT or ROLLBACK"},
    ActionWords{SQLITE_UPDATE, "UPDATE"},
};

/// What a statement that reads begins with, and one whose verb comes later.
constexpr std::array kReading{"SELECT", "VALUES", "WITH", "EXPLAIN", "PRAGMA"};

/// The first word in upper case, without what stands before it: blanks, comments, semicolons. Empty: there is
/// none.
std::string takeWord(std::string_view& text) {
  const auto skipPast = [&text](std::string_view end) {
    const std::size_t at = text.find(end);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
  };
  while (!text.empty()) {
    if (text.starts_with("--"))
      skipPast("\n");
    else if (text.starts_with("/*"))
      skipPast("*/");
    else if (text.front() == ';' || text.front() == ' ' || (text.front() >= '\t' && text.front() <= '\r'))
      text.remove_prefix(1);
    else
      break;
  }
  std::string word;
  while (!text.empty() && ((text.front() | 0x20) >= 'a' && (text.front() | 0x20) <= 'z')) {
    word += static_cast<char>(text.front() & ~0x20);
    text.remove_prefix(1);
  }
  return word;
}

/// SQLite declares such a table when it is first used, and the guard would take that for a CREATE TABLE.
void declare(sqlite3* connection, const std::string& table) {
  sqlite3_stmt* statement = nullptr;
  (void)sqlite3_prepare_v2(connection, ("SELECT 1 FROM " + table).c_str(), -1, &statement, nullptr);
  sqlite3_finalize(statement);
}

}  // namespace

void ReadOnly::guard(sqlite3* connection) {
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // What a file's views, triggers, defaults and indices call is harmless then.
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  // A name of a column that is spelled wrong is an error, not a text.
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_exec(connection, "PRAGMA query_only = 1; PRAGMA cell_size_check = 1", nullptr, nullptr, nullptr);
  for (const char* const pragma : kPragmasWithArgument) declare(connection, std::string("pragma_") + pragma);
  for (const char* const pragma : kPragmasWithout) declare(connection, std::string("pragma_") + pragma);
  for (const char* const table : kFunctionTables) declare(connection, table);
  sqlite3_set_authorizer(connection, authorize, this);
}

void ReadOnly::begin(std::string_view statements) {
  m_refused.clear();
  const std::string first = takeWord(statements);
  const std::string second = takeWord(statements);
  const bool isOfSchema = first == "CREATE" || first == "DROP" || first == "ALTER";
  const bool reads = isAmong(kReading, first.c_str());
  m_verb = reads || first.empty()          ? std::string()
           : isOfSchema && !second.empty() ? first + " " + second
                                           : first;
}

int ReadOnly::authorize(void* self, int action, const char* first, const char* second, const char*,
                        const char*) {
  auto& refused = static_cast<ReadOnly*>(self)->m_refused;
  const std::string& verb = static_cast<ReadOnly*>(self)->m_verb;
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION:
      if (!isAmong(kFunctionsOutside, second)) return SQLITE_OK;
      refused = std::string(second) + "()";
      return SQLITE_DENY;
    case SQLITE_PRAGMA:
      if (isAmong(kPragmasWithArgument, first) || (second == nullptr && isAmong(kPragmasWithout, first)))
        return SQLITE_OK;
      refused = "PRAGMA " + std::string(first == nullptr ? "" : first);
      return SQLITE_DENY;
    default: break;
  }
  refused = "this";
  for (const ActionWords& known : kActionWords)
    if (known.action == action) refused = known.words;
  // A DROP is first asked about as a DELETE from the schema, a VACUUM as an ATTACH.
  if (!verb.empty()) refused = verb;
  return SQLITE_DENY;
}

}  // namespace heaptap::sql
