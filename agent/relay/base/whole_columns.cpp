// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/base/whole_columns.h"

#include <algorithm>

#include "agent/relay/base/event_column.h"

namespace heaptap::relay {

void writeWholeColumns(const BatchHead& head, std::span<const RecordedEvent> events, v1::EventBatch& batch) {
  batch.Clear();
  batch.set_first_allocation(head.firstAllocation);
  batch.set_base_time_ns(head.baseTimeNs);
  batch.set_events(static_cast<std::uint32_t>(events.size()));
  EventColumn time, runThread, runLength, address, pair, freed, freedPair, freedStack;
  for (EventColumn* column :
       {&time, &runThread, &runLength, &address, &pair, &freed, &freedPair, &freedStack})
    column->begin(events.size());
  std::uint64_t lastTimeNs = head.baseTimeNs;
  std::uint64_t lastAddress = 0;
  std::uint64_t lastFreed = head.firstAllocation;
  std::size_t runBegin = 0;
  std::size_t frees = 0;
  const auto endRun = [&](std::size_t end) {
    if (end == runBegin) return;
    runThread.add(events[runBegin].thread);
    runLength.add(end - runBegin);
    runBegin = end;
  };
  const bool hasStacks =
      std::any_of(events.begin(), events.end(), [](const auto& e) { return e.stack != 0; });
  for (std::size_t i = 0; i < events.size(); ++i) {
    const RecordedEvent& event = events[i];
    addBit(*batch.mutable_kinds(), i, event.isFree);
    time.add((event.timeNs - lastTimeNs) / head.timeUnitNs);
    lastTimeNs = event.timeNs;
    if (event.thread != events[runBegin].thread) endRun(i);
    if (event.isFree) {
      freed.addSigned(static_cast<std::int64_t>(event.number - lastFreed));
      lastFreed = event.number;
      freedPair.add(event.pair);
      if (hasStacks) freedStack.add(event.stack);
      if (event.temporary) addBit(*batch.mutable_freed_temporary(), frees, *event.temporary);
      batch.mutable_lifetime_log2()->push_back(static_cast<char>(event.lifetimeLog2));
      ++frees;
    } else {
      address.addSigned(static_cast<std::int64_t>(event.address - lastAddress));
      lastAddress = event.address;
      pair.add(event.pair);
    }
  }
  endRun(events.size());
  time.moveTo(*batch.mutable_time());
  runThread.moveTo(*batch.mutable_run_thread());
  runLength.moveTo(*batch.mutable_run_length());
  address.moveTo(*batch.mutable_address());
  pair.moveTo(*batch.mutable_pair());
  freed.moveTo(*batch.mutable_freed());
  freedPair.moveTo(*batch.mutable_freed_pair());
  freedStack.moveTo(*batch.mutable_freed_stack());
}

}  // namespace heaptap::relay
