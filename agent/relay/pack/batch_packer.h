// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "agent/relay/base/message_sink.h"
#include "agent/relay/pack/column_writer.h"
#include "agent/relay/pack/keyframe_writer.h"
#include "blob/blob_codec.h"
#include "counting/batch_counter.h"

namespace heaptap::relay {

/// Makes counted batches of batches: counts their events, writes them into columns, and compresses these, on
/// the way to another sink. All other messages pass.
///
///     drain ──► queue ──► its thread: count, write, compress ──► uplink
///
/// The thread begins with the first batch that is large enough to be worth it; before, and where the process
/// may start none, all is done at once by who sends. Threads: one that sends, which may be another one after
/// settle(); owns one. In the sink, only it or the sender is.
class BatchPacker final : public MessageSink {
 public:
  /// Batches of fewer events need no thread.
  static constexpr std::size_t kEventsForThread = 4096;
  /// Batches that wait at most: who sends one more waits, too.
  static constexpr std::size_t kMostWaiting = 4;
  /// The same while a keyframe is packed, which takes as long as some dozens of batches do: 1.4 MB each.
  static constexpr std::size_t kMostBehindKeyframe = 32;
  /// Blocks in a message of a keyframe: some 1.5 MB, 5 at the very most.
  static constexpr std::size_t kBlocksInPart = std::size_t{1} << 18;

  explicit BatchPacker(MessageSink& sink) : m_sink(sink) {}
  /// Gives up what waits.
  ~BatchPacker() override;
  BatchPacker(const BatchPacker&) = delete;
  BatchPacker& operator=(const BatchPacker&) = delete;

  void send(v1::RecordRequest& request) override;
  void sendBatch(const BatchHead& head, std::vector<RecordedEvent>& events) override;
  LargeArray<LiveBlocks::Row> roomForKeyframe() override;
  void sendKeyframe(LiveBlocks live) override;
  [[nodiscard]] bool wantsEvents() const override { return m_sink.wantsEvents(); }
  [[nodiscard]] std::uint64_t keyframeBytes() const override { return m_sink.keyframeBytes(); }
  [[nodiscard]] SentBytes sent() const override;
  /// Waits until everything that was sent has gone on.
  void settle();

 private:
  struct Batch {
    BatchHead head;
    std::vector<RecordedEvent> events;
  };
  /// A batch, a keyframe, or any other message.
  struct Entry {
    Batch batch;
    std::unique_ptr<LiveBlocks> keyframe = nullptr;
    v1::RecordRequest other;
    [[nodiscard]] bool isBatch() const { return !batch.events.empty(); }
  };

  bool startThread();
  void run();
  void push(Entry entry);
  void pass(v1::RecordRequest& request);
  void pack(const Batch& batch);
  void pack(LiveBlocks& live);
  void handle(Entry& entry);
  void sendAsTheyAre(const Batch& batch);
  const counting::BatchSums& count(const std::vector<RecordedEvent>& events);
  void definePairs(const v1::Pairs& pairs);

  MessageSink& m_sink;

  // Of the one that counts: the thread, or who sends.
  counting::BatchCounter m_counter;
  std::vector<std::uint32_t> m_chunks;  ///< Of the pairs.
  ColumnWriter m_columnWriter;
  v1::EventBatch m_columns;  ///< So that its arrays stay.
  BlobEncoder m_blobs;
  KeyframeWriter m_keyframeWriter;
  v1::RecordRequest m_request;  ///< Only ever holds a counted batch, so that its arrays stay.

  std::atomic<std::uint64_t> m_columnBytes{0};
  std::atomic<std::uint64_t> m_keyframeBytes{0};
  std::atomic<std::uint64_t> m_keyframeBlocks{0};

  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<Entry> m_waiting;  ///< Guarded, as the rest.
  std::size_t m_batchesWaiting = 0;
  std::size_t m_keyframes = 0;            ///< That wait, or are being packed.
  LargeArray<LiveBlocks::Row> m_rowRoom;  ///< Of the last keyframe.
  bool m_isBusy = false;                  ///< The thread has taken an entry that has not gone on yet.
  bool m_isLeaving = false;
  std::vector<std::vector<RecordedEvent>> m_spare;  ///< Emptied, with their room.
  std::thread m_thread;
};

}  // namespace heaptap::relay
