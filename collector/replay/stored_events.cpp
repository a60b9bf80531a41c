// SPDX-License-Identifier: Apache-2.0
#include "collector/replay/stored_events.h"

#include "collector/ingest/limits.h"

namespace heaptap::replay {

Result<void> StoredEvents::read(const store::EventRange& range, const Take& take) {
  return m_reader.events(
      range, [&](const store::StoredBatch& where, const v1::EventBatch& batch) -> Result<bool> {
        if (m_isStopped()) return failure(Code::Unavailable, "events", "the question was withdrawn");
        if (batch.base_time_ns() > ingest::kMaxTimeNs)
          return failure(Code::Corrupt, "event batch", "it begins beyond 146 years");
        return m_columns.read(batch, ingest::BatchColumns::Bounds::widest(batch, m_timeUnitNs)).and_then([&] {
          return take({.sequence = where.sequence,
                       .firstEvent = where.firstEvent,
                       .message = batch,
                       .columns = m_columns,
                       .chunks = *where.chunks});
        });
      });
}

}  // namespace heaptap::replay
