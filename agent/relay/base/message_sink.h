// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "agent/relay/base/live_blocks.h"
#include "agent/relay/base/recorded_event.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::relay {

/// Compressed bytes of some messages.
struct SentBytes {
  std::uint64_t columns = 0;  ///< Of batches.
  std::uint64_t keyframes = 0;
  std::uint64_t keyframeBlocks = 0;  ///< Blocks in them.
};

/// Takes the messages of one session, in order.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  /// Numbers the request and keeps its content; the caller may reuse it.
  virtual void send(v1::RecordRequest& request) = 0;
  /// The same of a batch. The sink may exchange `events` for any other vector. By default the message has
  /// them in whole columns.
  virtual void sendBatch(const BatchHead& head, std::vector<RecordedEvent>& events);
  /// Room for the rows of the next keyframe, that of an earlier one where there is some.
  virtual LargeArray<LiveBlocks::Row> roomForKeyframe() { return {}; }
  /// The blocks that are live after all that was sent: a sink that packs makes messages of them.
  virtual void sendKeyframe(LiveBlocks /*live*/) {}
  /// No: the collector keeps no single events, and neither columns nor keyframes need be made. May change
  /// once. Threads: any.
  [[nodiscard]] virtual bool wantsEvents() const { return true; }
  /// So many bytes of columns are to be between two keyframes at most; 0: as is worth it. May change.
  /// Threads: any.
  [[nodiscard]] virtual std::uint64_t keyframeBytes() const { return 0; }
  /// What has gone on so far. Threads: any.
  [[nodiscard]] virtual SentBytes sent() const { return {}; }
};

}  // namespace heaptap::relay
