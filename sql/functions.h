// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "sql/session_context.h"

struct sqlite3;

namespace heaptap::sql {

/// A function for statements, as people read of it.
struct FunctionWords {
  std::string_view call;  ///< `bytes(n)`
  std::string_view meaning;
};
[[nodiscard]] std::span<const FunctionWords> functionWords();

/// Makes them known to a connection. Errors: SQLite's, as its status.
[[nodiscard]] int addFunctions(sqlite3* connection, const std::shared_ptr<SessionContext>& context);

}  // namespace heaptap::sql
