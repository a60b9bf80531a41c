// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "base/error.h"
#include "collector/ingest/record_builder.h"
#include "collector/model/session_counters.h"
#include "collector/store/database.h"

namespace heaptap::store {

/// How far a file goes.
struct StoredProgress {
  std::uint64_t lastSequence = 0;
  bool finished = false;  ///< Nothing will follow.
  std::uint64_t eventsNotStored = 0;
  std::uint64_t storedEventBytes = 0;  ///< 0 in a header, which does not look at the events.
  std::optional<std::uint64_t> collectorCpuNs = std::nullopt;
};

/// What is known of a session without reading its numbers.
struct StoredHeader {
  model::Identity identity;
  std::optional<model::Ending> ending;
  StoredProgress progress;
  std::uint64_t lastEventNs = 0;
};

/// All of it.
struct StoredSession {
  ingest::RecordBuilder builder;  ///< Can go on with what follows, if anything does.
  StoredProgress progress;
};

/// Reads a session file. A file is as hostile as a peer: all that is in it goes through ingest's checks.
/// Threads: one at a time. Errors: `where` is the file.
class SessionReader {
 public:
  /// Errors: NotFound, NotPermitted, NotASession, SchemaTooNew, Corrupt.
  static Result<SessionReader> open(const std::filesystem::path& file);

  /// Cost: some rows, however large the file is. Errors: Corrupt.
  Result<StoredHeader> header();
  /// What had been counted at a mark, by its position, of which a snapshot was kept. Whether the numbers
  /// agree is to be checked against the record (ingest::checkCounters). Errors: NotFound, Corrupt.
  Result<model::SessionCounters> snapshot(std::size_t mark);
  using Use = ingest::RecordBuilder::Use;
  /// All that is read from now on is of one moment, however a collector goes on writing. Errors: Corrupt.
  Result<void> freeze();
  /// Calls `take` with each stored batch of events, in their order; an error that it returns ends the call.
  /// The oldest may be missing: they were evicted; all are of a session without events. Errors: Corrupt.
  Result<void> events(const std::function<Result<void>(const v1::EventBatch&)>& take);
  /// From the checkpoint and, when the session was not finished, the events after it. Errors: Corrupt;
  /// Unavailable: stopped by `control`.
  Result<StoredSession> load(Use use = Use::Count, const ReadControl& control = {});

 private:
  explicit SessionReader(Database database) : m_database(std::move(database)) {}

  Result<StoredSession> loadAll(Use use, const ReadControl& control);

  Database m_database;
  bool m_isFrozen = false;
};

}  // namespace heaptap::store
