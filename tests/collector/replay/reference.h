// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "collector/model/counts.h"
#include "collector/replay/live_blocks.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::replay {

/// A session's events, one by one, and what they come to by the plainest means. Of sessions that are not
/// sampled, with malloc's heap only.
class Reference {
 public:
  struct Event {
    std::uint64_t atNs = 0;
    std::uint32_t thread = 0;
    bool isFree = false;
    std::uint64_t number = 0;
    std::uint32_t pair = 0;
    std::uint64_t address = 0;  ///< 0 of a free.
  };

  /// Reads the messages that a relay has sent, by protobuf's own code.
  explicit Reference(const std::vector<v1::RecordRequest>& messages);

  [[nodiscard]] const std::vector<Event>& events() const { return m_events; }
  [[nodiscard]] std::uint64_t sizeOf(std::uint32_t pair) const { return m_sizes[pair]; }
  /// How many events there are up to this time, it included.
  [[nodiscard]] std::size_t countUntil(std::uint64_t ns) const;

  /// After the first `count` events.
  struct State {
    std::map<std::uint64_t, model::LiveBlock> live;  ///< By number.
    std::vector<model::PairCounters> pairs;
    std::uint64_t liveBytes = 0;
    std::uint64_t peakBytes = 0;
  };
  [[nodiscard]] State after(std::size_t count) const;

 private:
  std::vector<Event> m_events;
  std::vector<std::uint64_t> m_sizes;  ///< By pair.
};

}  // namespace heaptap::replay
