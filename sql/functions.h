// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sql/session_context.h"

struct sqlite3;

namespace heaptap::sql {

/// A function for statements, as people read of it.
struct FunctionWords {
  std::string_view call;  ///< `bytes(n)`
  std::string_view meaning;
};
/// `ofTree`: as they are with a tree of processes.
[[nodiscard]] std::span<const FunctionWords> functionWords(bool ofTree = false);

/// Those of numbers alone, which need no session. Errors: SQLite's, as its status.
[[nodiscard]] int addPlainFunctions(sqlite3* connection);
/// Lets `stack_text` with another number of arguments say what it takes. `words`: live forever.
[[nodiscard]] int addStackTextRefusal(sqlite3* connection, int arguments, const char* words);
/// What `stack_text` returns. Empty: there is no such stack.
[[nodiscard]] std::string stackTextOf(const DecodedSession& session, std::int64_t stack);

/// Makes all known to a connection. Errors: SQLite's, as its status.
[[nodiscard]] int addFunctions(sqlite3* connection, const std::shared_ptr<SessionContext>& context);

}  // namespace heaptap::sql
