// SPDX-License-Identifier: Apache-2.0
#include "sql/tables/all_tables.h"

namespace heaptap::sql {

std::vector<const RowTableWords*> allRowTables() {
  return {&sessionsTable(), &sitesTable(),    &pairsTable(), &threadsTable(), &modulesTable(),
          &framesTable(),   &timelineTable(), &marksTable(), &findingsTable()};
}

}  // namespace heaptap::sql
