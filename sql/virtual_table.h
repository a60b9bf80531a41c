// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>

#include "base/error.h"
#include "sql/cell.h"
#include "sql/session_context.h"
#include "sql/table_words.h"

namespace heaptap::sql {

/// SQLite's text for an error, which SQLite frees.
inline char* sqliteText(const std::string& text) {
  auto* const copy = static_cast<char*>(sqlite3_malloc64(text.size() + 1));
  if (copy != nullptr) std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

inline int sqliteStatus(Code code) {
  switch (code) {
    case Code::Corrupt: return SQLITE_CORRUPT_VTAB;
    case Code::NotASession:
    case Code::SchemaTooNew: return SQLITE_NOTADB;
    case Code::Unavailable: return SQLITE_INTERRUPT;
    case Code::StorageFull: return SQLITE_NOMEM;
    default: return SQLITE_ERROR;
  }
}

/// The callbacks by which SQLite reads a table of ours. An eponymous one: it is there without CREATE VIRTUAL
/// TABLE, is never written, and cannot be used by views or triggers that a file brings along.
///
/// `Table`, a value that is copied, has
///   const TableWords& words() const;
///   int plan(sqlite3_index_info& info) const;      // See https://sqlite.org/vtab.html#xbestindex.
///   Cursor open(SessionContext&) const;
/// and its `Cursor`, which is moved before it is used,
///   Result<void> filter(int plan, const char* planText, std::span<sqlite3_value* const> values);
///   Result<void> next();
///   bool atEnd() const;
///   void column(Cell cell, int column) const;
///   sqlite3_int64 rowid() const;
template <class Table>
class VirtualTable {
 public:
  /// Errors: of SQLite's, as its status.
  static int add(sqlite3* connection, std::shared_ptr<SessionContext> context, Table table) {
    const std::string name(table.words().name);
    auto* const shared = new Shared{std::move(context), std::move(table)};
    return sqlite3_create_module_v2(connection, name.c_str(), &kModule, shared,
                                    [](void* gone) { delete static_cast<Shared*>(gone); });
  }

 private:
  using Cursor = typename Table::Cursor;
  struct Shared {
    std::shared_ptr<SessionContext> context;
    Table table;
  };
  struct Instance : sqlite3_vtab {
    explicit Instance(const Shared& sharedOnes) : sqlite3_vtab{}, shared(sharedOnes) {}
    const Shared& shared;
  };
  struct Open : sqlite3_vtab_cursor {
    explicit Open(Cursor&& made) : sqlite3_vtab_cursor{}, cursor(std::move(made)) {}
    Cursor cursor;
  };

  static std::string declaration(const TableWords& words) {
    std::string columns;
    for (const ColumnWords& column : words.columns) {
      columns +=
          (columns.empty() ? "\"" : ", \"") + std::string(column.name) + "\" " + std::string(column.type);
      if (column.isHidden) columns += " HIDDEN";
    }
    return "CREATE TABLE it (" + columns + ")";
  }

  static int connect(sqlite3* connection, void* aux, int, const char* const*, sqlite3_vtab** made, char**) {
    const Shared& shared = *static_cast<Shared*>(aux);
    sqlite3_vtab_config(connection, SQLITE_VTAB_DIRECTONLY);
    const int status = sqlite3_declare_vtab(connection, declaration(shared.table.words()).c_str());
    if (status == SQLITE_OK) *made = new Instance(shared);
    return status;
  }
  static int disconnect(sqlite3_vtab* table) {
    delete static_cast<Instance*>(table);
    return SQLITE_OK;
  }
  static int best(sqlite3_vtab* table, sqlite3_index_info* info) {
    return static_cast<Instance*>(table)->shared.table.plan(*info);
  }
  static int open(sqlite3_vtab* table, sqlite3_vtab_cursor** made) {
    const Shared& shared = static_cast<Instance*>(table)->shared;
    *made = new Open(shared.table.open(*shared.context));
    return SQLITE_OK;
  }
  static int close(sqlite3_vtab_cursor* cursor) {
    delete static_cast<Open*>(cursor);
    return SQLITE_OK;
  }
  static int filter(sqlite3_vtab_cursor* cursor, int plan, const char* text, int count,
                    sqlite3_value** values) {
    return guarded(cursor, [&] {
      return static_cast<Open*>(cursor)->cursor.filter(
          plan, text, std::span<sqlite3_value* const>(values, static_cast<std::size_t>(count)));
    });
  }
  static int next(sqlite3_vtab_cursor* cursor) {
    return guarded(cursor, [&] { return static_cast<Open*>(cursor)->cursor.next(); });
  }
  static int atEnd(sqlite3_vtab_cursor* cursor) { return static_cast<Open*>(cursor)->cursor.atEnd() ? 1 : 0; }
  static int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int at) {
    try {
      static_cast<Open*>(cursor)->cursor.column(Cell(context), at);
    } catch (const std::exception&) {
      return SQLITE_NOMEM;
    }
    return SQLITE_OK;
  }
  static int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
    *id = static_cast<Open*>(cursor)->cursor.rowid();
    return SQLITE_OK;
  }

  /// Nothing is thrown through SQLite.
  template <class Call>
  static int guarded(sqlite3_vtab_cursor* cursor, Call call) {
    try {
      const Result<void> done = call();
      if (done) [[likely]]
        return SQLITE_OK;
      static_cast<Instance*>(cursor->pVtab)->shared.context->noteError(done.error());
      sqlite3_free(cursor->pVtab->zErrMsg);
      cursor->pVtab->zErrMsg = sqliteText(done.error().what);
      return sqliteStatus(done.error().code);
    } catch (const std::bad_alloc&) {
      return SQLITE_NOMEM;
    } catch (const std::exception&) {
      return SQLITE_ERROR;
    }
  }

  static constexpr sqlite3_module kModule = [] {
    sqlite3_module module{};
    module.xConnect = connect;  // Without xCreate: eponymous, and never made by name.
    module.xBestIndex = best;
    module.xDisconnect = disconnect;
    module.xOpen = open;
    module.xClose = close;
    module.xFilter = filter;
    module.xNext = next;
    module.xEof = atEnd;
    module.xColumn = column;
    module.xRowid = rowid;
    return module;
  }();
};

}  // namespace heaptap::sql
