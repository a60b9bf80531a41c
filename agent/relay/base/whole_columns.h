// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "agent/relay/base/recorded_event.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::relay {

/// Writes events into the columns of an EventBatch (proto/heaptap/v1/ingest.proto) in the form that says all
/// of each event: for whom bytes are no concern.
void writeWholeColumns(const BatchHead& head, std::span<const RecordedEvent> events, v1::EventBatch& batch);

}  // namespace heaptap::relay
