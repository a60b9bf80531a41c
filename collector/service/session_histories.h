// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "base/error.h"
#include "collector/model/site_history.h"
#include "collector/query/session_view.h"

namespace heaptap::service {

/// Histories of groups of pairs, from the events in the session's file: one pass over all of them. Of a
/// session that is being recorded, events that are stored later than the view count for none. Errors:
/// NotFound: the session has no file; Usage: a pair is not defined, or there are too many groups;
///         Unavailable, when it was stopped, which is asked for between batches; Corrupt.
[[nodiscard]] Result<std::vector<model::SiteHistory>> historiesOf(const query::SessionView& view,
                                                                  const model::HistoryQuery& query,
                                                                  const std::function<bool()>& isStopped);

}  // namespace heaptap::service
