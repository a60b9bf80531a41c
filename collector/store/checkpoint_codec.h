// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "collector/model/session_counters.h"
#include "heaptap/v1/checkpoint.pb.h"

namespace heaptap::store {

/// Without the timeline.
v1::Checkpoint toMessage(const model::SessionCounters& counters);
v1::StoredTimeline toMessage(const counting::Timeline& timeline);

/// The timeline is an empty part. Errors: Corrupt when columns differ in length. Whether the numbers agree is
/// checked by ingest::checkCounters().
Result<model::SessionCounters> toCounters(const v1::Checkpoint& message);
/// Errors: Corrupt when columns differ in length. Whether it agrees with the counters of the same moment is
/// checked by ingest::checkTimeline().
Result<counting::Timeline> toTimeline(const v1::StoredTimeline& message);

}  // namespace heaptap::store
