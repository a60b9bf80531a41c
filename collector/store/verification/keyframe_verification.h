// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "collector/ingest/address_column.h"
#include "collector/ingest/batch_columns.h"
#include "collector/model/session_record.h"
#include "collector/store/session_reader.h"

namespace heaptap::store {

/// Goes through the stored events with the blocks that are live, and compares them with each keyframe. Where
/// the oldest events are not stored, it begins with the first keyframe after them.
///
/// Memory:  some 50 bytes for each block that is live; nothing where there are no keyframes.
/// Threads: one at a time.
class KeyframeVerification {
 public:
  using Note = std::function<void(std::string difference)>;
  /// `record`, `note`: must outlive it. Errors: Corrupt.
  static Result<KeyframeVerification> begin(SessionReader& reader, const model::SessionRecord& record,
                                            Note note);

  /// The next stored batch. Errors: Corrupt.
  Result<void> apply(const StoredBatch& where, const v1::EventBatch& batch);
  /// There are no more. Errors: Corrupt.
  Result<void> finish() { return compareUpTo(~std::uint64_t{0}); }

  /// Keyframes that were compared.
  [[nodiscard]] std::uint64_t compared() const { return m_compared; }

 private:
  struct Block {
    std::uint64_t address = 0;
    std::uint64_t atNs = 0;
    model::PairId pair{};
  };
  KeyframeVerification(SessionReader& reader, const model::SessionRecord& record, Note note)
      : m_reader(&reader), m_record(&record), m_note(std::move(note)) {}

  Result<void> compareUpTo(std::uint64_t sequence);
  Result<void> compare(const KeyframePlace& keyframe);
  void take(const v1::EventBatch& batch);

  SessionReader* m_reader;
  const model::SessionRecord* m_record;
  Note m_note;
  std::vector<KeyframePlace> m_keyframes;
  std::size_t m_next = 0;         ///< The next one.
  bool m_isKnown = true;          ///< m_live is what is live, …
  std::uint64_t m_nextEvent = 0;  ///< … as all events before this one were followed.
  absl::flat_hash_map<std::uint64_t, Block> m_live;
  ingest::BatchColumns m_columns;
  ingest::AddressColumn m_addresses;
  std::uint64_t m_compared = 0;
};

}  // namespace heaptap::store
