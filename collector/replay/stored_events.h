// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "base/error.h"
#include "collector/ingest/batch_columns.h"
#include "collector/model/definitions.h"
#include "collector/store/session_reader.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::replay {

/// A place between two events of a session: all batches up to and with a message, and so many events of the
/// next batch.
struct Place {
  std::uint64_t sequence = 0;
  std::uint32_t events = 0;
  std::uint64_t total = 0;     ///< Events before it, of all heaps; likewise the next.
  std::uint64_t numbered = 0;  ///< Allocations.

  bool operator==(const Place&) const = default;
};

/// The events of a session's file, decoded a batch at a time.
///
/// Trust:   a file is as hostile as a peer; columns are checked before they are handed on, but for what only
///          a count of all events before could tell. What is defined later than `definitions` may be named: a
///          session goes on while it is read.
/// Owns:    nothing but buffers; the reader must outlive it.
/// Threads: one at a time. Errors: Corrupt; Unavailable: the question was withdrawn.
class StoredEvents {
 public:
  /// `isStopped`: asked before each batch.
  StoredEvents(store::SessionReader& reader, model::DefinitionsView definitions, std::uint32_t timeUnitNs,
               std::function<bool()> isStopped)
      : m_reader(reader),
        m_definitions(std::move(definitions)),
        m_timeUnitNs(timeUnitNs),
        m_isStopped(std::move(isStopped)) {}

  struct Batch {
    std::uint64_t sequence = 0;
    std::uint64_t firstEvent = 0;  ///< Events before it, stored or not.
    const v1::EventBatch& message;
    const ingest::BatchColumns& columns;
    ingest::ChunkSource& chunks;  ///< What its addresses are read by.
  };
  /// Says whether to go on.
  using Take = std::function<Result<bool>(const Batch&)>;

  /// Calls `take` with the batches in `range`, in its order.
  Result<void> read(const store::EventRange& range, const Take& take);

  [[nodiscard]] store::SessionReader& reader() const { return m_reader; }
  [[nodiscard]] const model::DefinitionsView& definitions() const { return m_definitions; }
  [[nodiscard]] std::uint32_t timeUnitNs() const { return m_timeUnitNs; }
  [[nodiscard]] const std::function<bool()>& isStopped() const { return m_isStopped; }

 private:
  store::SessionReader& m_reader;
  model::DefinitionsView m_definitions;
  std::uint32_t m_timeUnitNs;
  std::function<bool()> m_isStopped;
  ingest::BatchColumns m_columns;
};

}  // namespace heaptap::replay
