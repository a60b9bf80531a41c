// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "export/sink.h"
#include "sql/query/session_query.h"

namespace heaptap::cli {

/// `heaptap query SESSION --tables`: what can be asked, with the meaning of each column.
void writeTableList(const std::vector<sql::SessionQuery::StoredTable>& stored, exporting::Sink& out,
                    bool isOfTree = false);

}  // namespace heaptap::cli
