// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "collector/model/site_history.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::query {

[[nodiscard]] v1::SiteHistory toMessage(const model::SiteHistory& history);
[[nodiscard]] model::HistoryQuery queryOf(const v1::GetHistoriesRequest& request);

}  // namespace heaptap::query
