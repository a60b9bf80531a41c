// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.h"
#include "blob/blob_codec.h"
#include "collector/store/statement.h"
#include "collector/store/stored_chunks.h"
#include "sql/events/batch_events.h"
#include "sql/events/event_filter.h"
#include "sql/session_context.h"

namespace heaptap::sql {

/// Walks the stored batches of a session for a statement: only those that can hold what it wants, and of them
/// only the columns that it uses.
///
///     event_blob ──► rows by time and number ──► BatchEventsDecoder ──► births ──► filter ──► selected
///
/// A free has no address of its own: where one is wanted, the allocations before it are remembered until they
/// are freed, of those addresses only that are wanted. Threads: as the connection.
class EventScan {
 public:
  EventScan(SharedSession session, EventFilter filter, EventColumns wanted);

  /// Looks up the rows. Errors: Corrupt.
  Result<void> begin(SessionContext& context);
  /// Goes to the next batch that has events which are wanted; false: there is none.
  /// Errors: Corrupt; Unavailable: interrupted.
  Result<bool> next();

  /// Of the batch.
  [[nodiscard]] const BatchEvents& events() const { return m_events; }
  [[nodiscard]] bool areAllSelected() const { return m_areAllSelected; }
  /// Positions in events(), where not all are.
  [[nodiscard]] const std::vector<std::uint32_t>& selected() const { return m_selected; }
  /// Of frees: the allocation was found; events() has its address, and these what else is wanted of it. Empty
  /// where nothing of it is wanted.
  [[nodiscard]] const std::vector<std::uint8_t>& isBorn() const { return m_isBorn; }
  [[nodiscard]] const std::vector<std::uint64_t>& lifetimesNs() const { return m_lifetimeNs; }
  [[nodiscard]] const std::vector<std::uint32_t>& birthThreads() const { return m_birthThread; }
  [[nodiscard]] std::uint64_t sequence() const { return m_sequence; }

 private:
  struct Birth {
    std::uint64_t address;
    std::uint64_t atNs;
    std::uint32_t thread;
  };

  Result<void> decode(const store::Statement& row);
  void matchBirths();
  void select();
  [[nodiscard]] bool isWanted(std::size_t event) const;

  SessionContext* m_context = nullptr;
  SharedSession m_session;
  EventFilter m_filter;
  EventColumns m_wanted;
  BatchEventsDecoder m_decoder;
  BlobDecoder m_blobs;
  std::optional<store::StoredChunks> m_chunks;
  v1::EventBatch m_batch;
  std::optional<store::Statement> m_rows;
  BatchEvents m_events;
  std::uint64_t m_sequence = 0;
  std::uint64_t m_endNs = 0;  ///< Of the batches before.
  absl::flat_hash_map<std::uint64_t, Birth> m_births;
  std::vector<std::uint8_t> m_isBorn;
  std::vector<std::uint64_t> m_lifetimeNs;
  std::vector<std::uint32_t> m_birthThread;
  bool m_areAllSelected = true;
  std::vector<std::uint32_t> m_selected;
};

}  // namespace heaptap::sql
