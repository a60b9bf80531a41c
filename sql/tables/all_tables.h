// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sql/tables/row_table.h"

namespace heaptap::sql {

/// Each table's words, defined in a file of its name.
[[nodiscard]] const RowTableWords& sessionsTable();
[[nodiscard]] const RowTableWords& modulesTable();
[[nodiscard]] const RowTableWords& threadsTable();
[[nodiscard]] const RowTableWords& framesTable();
[[nodiscard]] const RowTableWords& sitesTable();
[[nodiscard]] const RowTableWords& pairsTable();
[[nodiscard]] const RowTableWords& timelineTable();
[[nodiscard]] const RowTableWords& marksTable();
[[nodiscard]] const RowTableWords& findingsTable();

/// All of them, in the order in which people read of them.
[[nodiscard]] std::vector<const RowTableWords*> allRowTables();

}  // namespace heaptap::sql
