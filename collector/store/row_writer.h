// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "collector/store/checkpoint.h"
#include "collector/store/database.h"
#include "collector/store/stored_row.h"

namespace heaptap::store {

/// Writes rows into their tables, with statements that are prepared once. Must not outlive its database.
/// Precondition of write(): inside a transaction, whose commit is the caller's.
class RowWriter {
 public:
  static Result<RowWriter> prepare(Database& database);

  Result<void> write(const StoredRow& row);
  /// From now on reading begins from this one. The one before stays, as what had been counted then, or goes.
  Result<void> write(const Checkpoint& checkpoint);
  /// Of a snapshot it stays.
  Result<void> removeCheckpoint(std::uint64_t sequence);
  /// Notes how far the file goes. `collectorCpuNs`: none is unknown.
  Result<void> writeProgress(std::uint64_t lastSequence, std::uint64_t eventsNotStored, bool finished,
                             std::optional<std::uint64_t> collectorCpuNs);

 private:
  RowWriter() = default;

  Result<void> write(const Checkpoint& checkpoint, std::optional<std::uint64_t> mark);
  Result<void> write(std::uint64_t sequence, const EventBlob& blob);
  Result<void> write(std::uint64_t sequence, const KeyframeBlob& blob);
  Result<void> write(std::uint64_t sequence, const DefinitionBlob& blob);
  Result<void> write(std::uint64_t sequence, const ModuleRows& rows);
  Result<void> write(std::uint64_t sequence, const ThreadRows& rows);
  Result<void> write(std::uint64_t sequence, const SymbolRows& rows);
  Result<void> write(std::uint64_t sequence, const HeapRows& rows);
  Result<void> write(std::uint64_t sequence, const MarkRow& row);
  Result<void> write(std::uint64_t sequence, const NoRow& row);
  Result<void> write(std::uint64_t sequence, const v1::ResidentMemory& resident);
  Result<void> write(std::uint64_t sequence, const v1::ModuleNames& names);
  Result<void> write(std::uint64_t sequence, const v1::Gap& gap);
  Result<void> write(std::uint64_t sequence, const v1::Counters& counters);
  Result<void> write(std::uint64_t sequence, const v1::Findings& findings);
  Result<void> write(std::uint64_t sequence, const v1::Goodbye& goodbye);

  Statement m_event{nullptr}, m_span{nullptr}, m_keyframe{nullptr}, m_frames{nullptr}, m_stacks{nullptr},
      m_pairs{nullptr}, m_module{nullptr}, m_moduleNames{nullptr}, m_thread{nullptr}, m_rename{nullptr},
      m_text{nullptr}, m_noSymbol{nullptr}, m_symbol{nullptr}, m_gap{nullptr}, m_counters{nullptr},
      m_finding{nullptr}, m_heap{nullptr}, m_mark{nullptr}, m_resident{nullptr}, m_unrecorded{nullptr},
      m_goodbye{nullptr}, m_checkpoint{nullptr}, m_oldCheckpoint{nullptr}, m_timeline{nullptr},
      m_progress{nullptr};
};

}  // namespace heaptap::store
