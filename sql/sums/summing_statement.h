// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

struct sqlite3_stmt;

namespace heaptap::sql {

/// Whether a statement only adds up the rows of one table: SELECT count(*), sum(size) FROM events WHERE …,
/// and no more. Then it is the same to it whether rows come one by one, or each different one once with the
/// number of times that it is there. SQLite's own program for the statement tells (EXPLAIN): a loop without a
/// branch, in which rows go nowhere but into count, sum, total, avg, min and max. Returns: the columns that
/// it takes of each row, a bit each; none: the statement is another one.
[[nodiscard]] std::optional<std::uint64_t> summedColumns(sqlite3_stmt* statement);

}  // namespace heaptap::sql
