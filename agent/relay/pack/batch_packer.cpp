// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/pack/batch_packer.h"

#include <pthread.h>

#include <system_error>
#include <utility>

#include "agent/relay/base/whole_columns.h"
#include "agent/relay/pack/sums_writer.h"
#include "base/sample_weight.h"
#include "columns/chunk_bytes.h"

namespace heaptap::relay {

BatchPacker::~BatchPacker() {
  {
    const std::lock_guard lock(m_mutex);
    m_isLeaving = true;
    m_changed.notify_all();
  }
  if (m_thread.joinable()) m_thread.join();
}

void BatchPacker::send(v1::RecordRequest& request) {
  if (!m_thread.joinable()) return pass(request);
  Entry entry;
  entry.other = request;
  push(std::move(entry));
}

void BatchPacker::sendBatch(const BatchHead& head, std::vector<RecordedEvent>& events) {
  if (events.empty()) return;
  Entry entry;
  entry.batch.head = head;
  const bool isLarge = events.size() >= kEventsForThread;
  entry.batch.events.swap(events);
  if (m_thread.joinable() || (isLarge && startThread())) {
    push(std::move(entry));
    const std::lock_guard lock(m_mutex);
    if (m_spare.empty()) return;
    events = std::move(m_spare.back());
    m_spare.pop_back();
    return;
  }
  pack(entry.batch);
  events.swap(entry.batch.events);
}

LargeArray<LiveBlocks::Row> BatchPacker::roomForKeyframe() {
  const std::lock_guard lock(m_mutex);
  return std::exchange(m_rowRoom, {});
}

void BatchPacker::sendKeyframe(LiveBlocks live) {
  if (!m_sink.wantsEvents()) return;
  const bool isLarge = live.size() >= kEventsForThread;
  if (!m_thread.joinable() && !(isLarge && startThread())) return pack(live);
  Entry entry;
  entry.keyframe = std::make_unique<LiveBlocks>(std::move(live));
  push(std::move(entry));
}

SentBytes BatchPacker::sent() const {
  return {.columns = m_columnBytes, .keyframes = m_keyframeBytes, .keyframeBlocks = m_keyframeBlocks};
}

bool BatchPacker::startThread() {
  try {
    m_thread = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    return false;  // A limit on threads. The next large batch tries again.
  }
  return true;
}

void BatchPacker::push(Entry entry) {
  std::unique_lock lock(m_mutex);
  m_changed.wait(
      lock, [this] { return m_batchesWaiting < (m_keyframes != 0 ? kMostBehindKeyframe : kMostWaiting); });
  m_batchesWaiting += entry.isBatch() ? 1 : 0;
  m_keyframes += entry.keyframe ? 1 : 0;
  m_waiting.push_back(std::move(entry));
  m_changed.notify_all();
}

void BatchPacker::settle() {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [this] { return m_waiting.empty() && !m_isBusy; });
}

void BatchPacker::run() {
  pthread_setname_np(pthread_self(), "pack");
  std::unique_lock lock(m_mutex);
  while (true) {
    m_changed.wait(lock, [this] { return !m_waiting.empty() || m_isLeaving; });
    if (m_isLeaving) return;
    Entry entry = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_batchesWaiting -= entry.isBatch() ? 1 : 0;
    m_isBusy = true;
    m_changed.notify_all();
    lock.unlock();
    handle(entry);
    const bool wasKeyframe = std::exchange(entry.keyframe, nullptr) != nullptr;
    lock.lock();
    m_isBusy = false;
    m_keyframes -= wasKeyframe ? 1 : 0;
    if (entry.isBatch() && m_spare.size() < 2) {
      entry.batch.events.clear();
      m_spare.push_back(std::move(entry.batch.events));
    }
    m_changed.notify_all();
  }
}

void BatchPacker::handle(Entry& entry) {
  if (entry.isBatch()) return pack(entry.batch);
  if (entry.keyframe) return pack(*entry.keyframe);
  pass(entry.other);
}

void BatchPacker::pass(v1::RecordRequest& request) {
  if (request.has_pairs()) definePairs(request.pairs());
  m_sink.send(request);
}

void BatchPacker::definePairs(const v1::Pairs& pairs) {
  for (int i = 0; i < pairs.size_size(); ++i) {
    const std::uint64_t size = pairs.size(i);
    const std::uint64_t interval = pairs.sample_interval_size() == 0 ? 0 : pairs.sample_interval(i);
    m_counter.addPair({.bytes = sampleBytes(size, interval),
                       .weight = interval == 0 ? 0 : sampleWeight(size, interval),
                       .heap = pairs.heap_size() == 0 ? 0 : pairs.heap(i)});
    m_chunks.push_back(columns::chunkBytes(size, pairs.slack_plus_1_size() == 0 ? 0 : pairs.slack_plus_1(i)));
  }
}

const counting::BatchSums& BatchPacker::count(const std::vector<RecordedEvent>& events) {
  // Pairs come in no order, and would be waited for one by one.
  constexpr std::size_t kAhead = 16;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i + kAhead < events.size()) m_counter.prefetch(events[i + kAhead].pair);
    const RecordedEvent& event = events[i];
    if (!event.isFree) {
      m_counter.allocation(event.timeNs, event.thread, event.pair);
      continue;
    }
    m_counter.free(event.timeNs, event.thread,
                   {.number = event.number,
                    .pair = event.pair,
                    .lifetimeLog2 = event.lifetimeLog2,
                    .stack = event.stack,
                    .temporary = event.temporary});
  }
  return m_counter.finish();
}

void BatchPacker::pack(const Batch& batch) {
  v1::CountedBatch& counted = *m_request.mutable_counted();
  const counting::BatchSums& sums = count(batch.events);
  counted.set_first_allocation(batch.head.firstAllocation);
  counted.set_base_time_ns(batch.head.baseTimeNs);
  counted.set_events(static_cast<std::uint32_t>(batch.events.size()));
  counted.set_end_time_ns(sums.endNs);
  writeSums(sums, batch.head.firstAllocation, *counted.mutable_sums());
  counted.clear_columns();
  if (batch.head.keepsEvents && m_sink.wantsEvents()) {
    if (!m_columnWriter.write(batch.head, batch.events, m_chunks, m_columns))
      writeWholeColumns(batch.head, batch.events, m_columns);
    auto columns = m_blobs.encodeColumns(m_columns);
    if (!columns) return sendAsTheyAre(batch);
    m_columnBytes += columns->size();
    counted.set_columns(std::move(*columns));
  }
  m_sink.send(m_request);
}

void BatchPacker::pack(LiveBlocks& live) {
  m_keyframeWriter.write(live, kBlocksInPart, m_blobs, [this](v1::RecordRequest& request) {
    m_keyframeBytes += request.keyframe().columns().size();
    m_keyframeBlocks += request.keyframe().blocks();
    m_sink.send(request);
  });
  live.rows.clear(KeyframeWriter::kKeptRows);
  const std::lock_guard lock(m_mutex);
  m_rowRoom = std::move(live.rows);
}

/// Where there is no memory to compress columns: the collector can count them itself.
void BatchPacker::sendAsTheyAre(const Batch& batch) {
  v1::RecordRequest request;
  writeWholeColumns(batch.head, batch.events, *request.mutable_batch());
  m_sink.send(request);
}

}  // namespace heaptap::relay
