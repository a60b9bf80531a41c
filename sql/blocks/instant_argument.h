// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "collector/replay/counts_replay.h"
#include "sql/session_context.h"

namespace heaptap::sql {

/// The instant that a number means: ns since the start of `what`, which lasts so long. Errors: Usage: it is
/// outside, or no number.
[[nodiscard]] Result<std::uint64_t> nsOfNumber(sqlite3_value* value, std::uint64_t durationNs,
                                               std::string_view what);

/// The instant that a statement means: a number of ns since the session's start, or a text as it is written
/// everywhere (client/instant_words.h). Errors: Usage, in words for who wrote the statement.
[[nodiscard]] Result<replay::Target> instantOf(sqlite3_value* value, const DecodedSession& session);
[[nodiscard]] replay::Target endOf(const DecodedSession& session);

/// When that is. Units: ns since the session's start.
[[nodiscard]] std::uint64_t nsOfInstant(const replay::Target& target);

}  // namespace heaptap::sql
