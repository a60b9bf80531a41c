// SPDX-License-Identifier: Apache-2.0
#include "tests/collector/replay/reference.h"

#include <algorithm>

namespace heaptap::replay {

Reference::Reference(const std::vector<v1::RecordRequest>& messages) {
  for (const v1::RecordRequest& message : messages) {
    for (const std::uint64_t size : message.pairs().size()) m_sizes.push_back(size);
    if (!message.has_batch()) continue;
    v1::UnpackedEventBatch batch;
    batch.ParseFromString(message.batch().SerializeAsString());
    std::uint64_t atNs = batch.base_time_ns();
    std::uint64_t number = batch.first_allocation();
    std::uint64_t freed = batch.first_allocation();
    std::uint64_t address = 0;
    int allocations = 0, frees = 0, run = 0;
    std::uint32_t inRun = 0;
    for (std::uint32_t i = 0; i < batch.events(); ++i) {
      atNs += batch.time(static_cast<int>(i));
      if (inRun == batch.run_length(run)) {
        ++run;
        inRun = 0;
      }
      ++inRun;
      Event event{.atNs = atNs, .thread = batch.run_thread(run)};
      event.isFree = (static_cast<unsigned char>(batch.kinds()[i / 8]) >> (i % 8) & 1) != 0;
      if (event.isFree) {
        event.number = freed += static_cast<std::uint64_t>(batch.freed(frees));
        event.pair = batch.freed_pair(frees++);
      } else {
        event.number = number++;
        event.address = address += static_cast<std::uint64_t>(batch.address(allocations));
        event.pair = batch.pair(allocations++);
      }
      m_events.push_back(event);
    }
  }
}

std::size_t Reference::countUntil(std::uint64_t ns) const {
  return static_cast<std::size_t>(
      std::upper_bound(m_events.begin(), m_events.end(), ns,
                       [](std::uint64_t time, const Event& event) { return time < event.atNs; }) -
      m_events.begin());
}

Reference::State Reference::after(std::size_t count) const {
  State state;
  state.pairs.resize(m_sizes.size());
  std::map<std::uint32_t, std::uint64_t> last;  // By thread.
  for (std::size_t i = 0; i < count; ++i) {
    const Event& event = m_events[i];
    model::PairCounters& pair = state.pairs[event.pair];
    if (event.isFree) {
      state.live.erase(event.number);
      --pair.live;
      state.liveBytes -= m_sizes[event.pair];
      const auto known = last.find(event.thread);
      if (known != last.end() && known->second == event.number) ++pair.temporaries;
      continue;
    }
    state.live[event.number] = {.number = event.number,
                                .address = event.address,
                                .atNs = event.atNs,
                                .pair = static_cast<model::PairId>(event.pair),
                                .thread = static_cast<model::ThreadIndex>(event.thread)};
    ++pair.allocations;
    ++pair.live;
    last[event.thread] = event.number;
    state.liveBytes += m_sizes[event.pair];
    if (state.liveBytes <= state.peakBytes) continue;
    state.peakBytes = state.liveBytes;
    for (model::PairCounters& each : state.pairs) each.liveAtPeak = each.live;
  }
  return state;
}

}  // namespace heaptap::replay
