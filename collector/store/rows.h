// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "collector/store/database.h"

namespace heaptap::store {

/// Calls `use` with each row of a query, until it returns false, or an error.
/// Errors: those of `use`; Corrupt, when there is no such table or column; Unavailable, when the read is
/// stopped.
template <class Use>
Result<void> forEachRowUntil(Database& database, const std::string& sql, Use use) {
  auto rows = database.prepare(sql);
  if (!rows) {
    Error error = rows.error();
    if (error.code == Code::Internal)
      error.code = Code::Corrupt;  // The statement is right: the tables are not.
    return tl::unexpected(std::move(error));
  }
  for (;;) {
    const auto row = rows->next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    if (Result<void> goesOn = database.passed(rows->rowBytes()); !goesOn) return goesOn;
    const Result<bool> used = use(*rows);
    if (const auto missing = rows->missing())
      return failure(Code::Corrupt, database.file().string(),
                     std::string("no such column: ") + missing->text());
    if (!used) return tl::unexpected(used.error());
    if (!*used) return {};
  }
}

/// The same with all rows, until one fails.
template <class Use>
Result<void> forEachRow(Database& database, const std::string& sql, Use use) {
  return forEachRowUntil(database, sql, [&use](const Statement& row) -> Result<bool> {
    const Result<void> used = use(row);
    if (!used) return tl::unexpected(used.error());
    return true;
  });
}

}  // namespace heaptap::store
