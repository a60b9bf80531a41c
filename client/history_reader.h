// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "collector/model/site_history.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::client {

[[nodiscard]] v1::GetHistoriesRequest requestFor(const std::string& session,
                                                 const model::HistoryQuery& query);
/// None: the message breaks a rule: more of something than there can be.
[[nodiscard]] std::optional<model::SiteHistory> historyOf(const v1::SiteHistory& message);

}  // namespace heaptap::client
