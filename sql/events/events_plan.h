// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <span>

#include "sql/events/event_columns.h"
#include "sql/events/event_filter.h"
#include "sql/session_context.h"

namespace heaptap::sql {

/// Chooses which constraints of a statement a scan takes over (xBestIndex), and writes them into its text.
void planEvents(sqlite3_index_info& info);

/// What a plan's text and the values of its constraints stand for.
struct PlannedEvents {
  EventColumns wanted;
  EventFilter filter;
};
/// Errors: Usage: a column is compared with what it never is (checkNumber()).
[[nodiscard]] Result<PlannedEvents> plannedEvents(const char* planText,
                                                  std::span<sqlite3_value* const> values,
                                                  const DecodedSession& session);

}  // namespace heaptap::sql
