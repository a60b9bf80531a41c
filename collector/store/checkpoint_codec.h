// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "collector/model/session_counters.h"
#include "heaptap/v1/checkpoint.pb.h"

namespace heaptap::store {

v1::Checkpoint toMessage(const model::SessionCounters& counters);

/// Errors: Corrupt when columns differ in length. Whether the numbers agree is checked by
///         ingest::RecordBuilder::restore().
Result<model::SessionCounters> toCounters(const v1::Checkpoint& message);

}  // namespace heaptap::store
