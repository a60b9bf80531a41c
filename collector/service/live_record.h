// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include "collector/ingest/session_ingest.h"
#include "collector/model/counts_copy.h"

namespace heaptap::service {

/// What is known of a session that is being recorded, and the locks by which messages and queries share it.
///
///     message ──► receiving ──► mutex ──► applied        queries ──► copying ──► mutex, for a part at a time
///
/// A message waits for no more than one part of a copy: a mutex is not fair, so queries let messages that
/// wait go first. What belongs to the session beside the record is guarded by the same mutex.
/// Locks:   copying (within copyCounts()), receiving, the mutex, taken in this order.
/// Threads: any.
class LiveRecord {
 public:
  using Lock = std::unique_lock<std::mutex>;

  explicit LiveRecord(ingest::SessionIngest ingest) : m_ingest(std::move(ingest)) {}

  [[nodiscard]] Lock lock() const { return Lock(m_mutex); }
  [[nodiscard]] Lock lockForMessage();
  [[nodiscard]] Lock lockForQuery();
  /// Held while a message is taken in, from its check to its place in the queue: the record changes only
  /// then.
  [[nodiscard]] Lock lockReceiving() { return Lock(m_receiving); }

  /// Precondition: the caller holds both locks.
  Result<ingest::SessionIngest::Outcome> apply(const v1::RecordRequest& message) {
    return m_ingest.apply(message);
  }
  /// Precondition: the caller holds either lock.
  [[nodiscard]] const model::SessionRecord& get() const { return m_ingest.record(); }
  [[nodiscard]] std::uint64_t lastSequence() const { return m_ingest.lastSequence(); }

  /// At which moments counts may be copied: between messages, all that is counted is queued to be stored.
  enum class Moment { Any, BetweenMessages };
  /// Copies the counts of one moment, at which `then` is called with the mutex held.
  void copyCounts(model::CountsCopy& copy, Moment moment,
                  const std::function<void(model::SessionModel&)>& then);

 private:
  mutable std::mutex m_mutex;
  std::mutex m_receiving;
  std::mutex m_copying;                 ///< One copy at a time.
  std::atomic<unsigned> m_messages{0};  ///< That wait for m_mutex.
  ingest::SessionIngest m_ingest;
};

}  // namespace heaptap::service
