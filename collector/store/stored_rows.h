// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace heaptap::store {

/// A copy of a file that was taken while it was written has each page as it was at another moment. The table
/// `recording`, at the file's beginning, tells of the first one: what came later may be there in part.
inline constexpr std::string_view kLastStored =
    "(SELECT CASE finished WHEN 0 THEN last_sequence ELSE max(last_sequence, 1 << 62) END FROM recording)";

/// SQL for the rows of a table that has the messages' numbers, in their order.
inline std::string storedRows(const std::string& columns, const std::string& table,
                              const std::string& condition = "true", bool isBackwards = false) {
  return "SELECT " + columns + " FROM " + table + " WHERE " + condition +
         " AND sequence <= " + std::string(kLastStored) + " ORDER BY sequence" + (isBackwards ? " DESC" : "");
}

}  // namespace heaptap::store
