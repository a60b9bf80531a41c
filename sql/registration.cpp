// SPDX-License-Identifier: Apache-2.0
#include "sql/registration.h"

#include <sqlite3.h>

#include "sql/blocks/blocks_table.h"
#include "sql/events/events_table.h"
#include "sql/functions.h"
#include "sql/tables/all_tables.h"
#include "sql/tables/stacks_table.h"
#include "sql/virtual_table.h"

namespace heaptap::sql {
namespace {

/// A table of the file comes before an eponymous one of the same name: the maker of the file would answer.
Result<void> checkNames(store::Database& file) {
  for (const TableWords& table : tableWords()) {
    auto found = file.number("SELECT count(*) FROM main.sqlite_schema WHERE lower(name) = '" +
                             std::string(table.name) + "'");
    if (!found) return tl::unexpected(std::move(found.error()));
    if (*found != 0)
      return failure(Code::Corrupt, file.file().string(),
                     "it has a table " + std::string(table.name) + " of its own, which no session has");
  }
  return {};
}

}  // namespace

const std::vector<TableWords>& tableWords() {
  static const std::vector<RowTable> rowTables = [] {
    std::vector<RowTable> made;
    for (const RowTableWords* const table : allRowTables()) made.emplace_back(*table);
    return made;
  }();
  static const std::vector<TableWords> all = [] {
    std::vector<TableWords> words;
    for (const RowTable& table : rowTables) words.push_back(table.words());
    words.push_back(EventsTable().words());
    words.push_back(BlocksTable().words());
    words.push_back(StacksTable().words());
    return words;
  }();
  return all;
}

Result<std::shared_ptr<SessionContext>> addTables(sqlite3* connection) {
  auto context = std::make_shared<SessionContext>(connection);
  if (auto checked = checkNames(context->database()); !checked)
    return tl::unexpected(std::move(checked.error()));
  int status = VirtualTable<EventsTable>::add(connection, context, EventsTable());
  if (status == SQLITE_OK) status = VirtualTable<BlocksTable>::add(connection, context, BlocksTable());
  if (status == SQLITE_OK) status = VirtualTable<StacksTable>::add(connection, context, StacksTable());
  for (const RowTableWords* const table : allRowTables())
    if (status == SQLITE_OK) status = VirtualTable<RowTable>::add(connection, context, RowTable(*table));
  if (status == SQLITE_OK) status = addFunctions(connection, context);
  if (status != SQLITE_OK)
    return failure(Code::Internal, context->database().file().string(), sqlite3_errmsg(connection));
  return context;
}

}  // namespace heaptap::sql
