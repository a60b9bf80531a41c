// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "sql/session_context.h"
#include "sql/table_words.h"

struct sqlite3;

namespace heaptap::sql {

/// The tables that heaptap adds to a session file, as people read of them.
[[nodiscard]] const std::vector<TableWords>& tableWords();

/// Makes the tables and functions known to a connection whose main file is a session, or will be. They belong
/// to the connection, and go with it.
/// Errors: Corrupt: the file has a table or a view of such a name, which would stand in for ours; Internal.
[[nodiscard]] Result<std::shared_ptr<SessionContext>> addTables(sqlite3* connection);

}  // namespace heaptap::sql
