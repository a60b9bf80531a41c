// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "collector/ingest/batch_columns.h"
#include "collector/model/event.h"
#include "collector/model/session_record.h"
#include "collector/store/session_reader.h"

namespace heaptap::store {

/// Counts the events of each stored span again, and compares with its sums. Spans of which an event is not
/// stored are passed over. Memory: of the sums of one span of each level. Threads: one at a time.
class SpanVerification {
 public:
  using Note = std::function<void(std::string difference)>;
  /// `record`, `note`: must outlive it. Errors: Corrupt.
  static Result<SpanVerification> begin(SessionReader& reader, const model::SessionRecord& record, Note note);

  /// The next stored batch. Errors: Corrupt.
  Result<void> apply(const StoredBatch& where, const v1::EventBatch& batch);
  /// Spans that were compared.
  [[nodiscard]] std::uint64_t compared() const { return m_compared; }

 private:
  struct Open {
    SpanPlace place;
    counting::SpanSums sums;
  };
  struct Freed {
    std::uint64_t frees = 0;
    std::uint64_t temporaries = 0;
  };
  SpanVerification(SessionReader& reader, const model::SessionRecord& record, Note note)
      : m_reader(&reader), m_record(&record), m_note(std::move(note)) {}

  /// Not inlined: GCC 12 would take the event's `temporary` for uninitialized.
  [[nodiscard, gnu::noinline]] bool isTemporary(const model::Free& event) const;
  Result<counting::SpanSums> count(const v1::EventBatch& batch);
  Result<void> compare(Open& open);

  SessionReader* m_reader;
  const model::SessionRecord* m_record;
  Note m_note;
  std::vector<SpanPlace> m_spans;  ///< By first event.
  std::size_t m_next = 0;          ///< The next one.
  std::vector<Open> m_open;
  std::uint64_t m_nextEvent = 0;
  bool m_knowsTemporaries = true;     ///< No event was missing so far.
  std::vector<std::uint64_t> m_last;  ///< By thread: its last allocation of malloc's heap + 1; 0: none.
  ingest::BatchColumns m_columns;
  absl::flat_hash_map<std::uint64_t, std::uint64_t> m_allocations;  ///< Of a batch, by pair:32 | thread:32.
  absl::flat_hash_map<std::uint32_t, Freed> m_freed;                ///< Likewise, by pair.
  std::uint64_t m_compared = 0;
};

}  // namespace heaptap::store
