// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sql/session_context.h"

struct sqlite3;

namespace heaptap::sql {

/// Puts functions in the places of SQLite's count(), sum(), total() and avg() that give the same results, and
/// take a row as often as SessionContext::rowStandsFor() says. Errors: SQLite's, as its status.
[[nodiscard]] int addSumFunctions(sqlite3* connection, const std::shared_ptr<SessionContext>& context);

}  // namespace heaptap::sql
