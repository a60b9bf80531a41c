// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "collector/ingest/chunk_source.h"
#include "collector/ingest/record_builder.h"
#include "collector/model/session_counters.h"
#include "collector/store/opened_file.h"
#include "collector/store/stored_keyframes.h"
#include "collector/store/stored_spans.h"

namespace heaptap::store {

/// How far a file goes.
struct StoredProgress {
  std::uint64_t lastSequence = 0;
  bool finished = false;  ///< Nothing will follow.
  std::uint64_t eventsNotStored = 0;
  std::uint64_t storedEventBytes = 0;  ///< 0 in a header, which does not look at the events.
  std::optional<std::uint64_t> collectorCpuNs = std::nullopt;
  std::optional<std::string> newerFormat = std::nullopt;  ///< "1.3", which this build does not know all of.
};

/// What a header is made of, as the file says it: nothing of it is checked.
struct HeaderParts {
  v1::Hello hello;
  std::optional<v1::Goodbye> goodbye;
  StoredProgress progress;
  std::uint64_t lastEventNs = 0;
};

/// What is known of a session without reading its numbers.
struct StoredHeader {
  model::Identity identity;
  std::optional<model::Ending> ending;
  StoredProgress progress;
  std::uint64_t lastEventNs = 0;
  bool hasNextImage = false;  ///< An exec has ended it, of a program that was to be recorded.
};

/// Batches of a session, by where they are.
struct EventRange {
  std::uint64_t afterSequence = 0;
  std::uint64_t toSequence = ~std::uint64_t{0};  ///< This one included.
  std::uint64_t untilNs = ~std::uint64_t{0};     ///< Those that begin until then, then included.
  bool isBackwards = false;                      ///< The last one first.
};

/// Where a stored batch is.
struct StoredBatch {
  std::uint64_t sequence = 0;
  std::uint64_t firstEvent = 0;           ///< Events before it, stored or not.
  ingest::ChunkSource* chunks = nullptr;  ///< What its addresses are read by.
};

/// Errors: Corrupt.
[[nodiscard]] Result<StoredHeader> headerOf(const HeaderParts& parts);

/// What a stored batch has, as its row tells.
struct BatchPlace {
  std::uint64_t sequence = 0;
  std::uint64_t firstAllocation = 0;
  std::uint64_t firstEvent = 0;  ///< Events before it, stored or not.
  std::uint64_t events = 0;
  std::uint64_t fromNs = 0;  ///< Of its first event.
  std::uint64_t toNs = 0;    ///< Of its last one.
};

/// An instant between two messages.
struct StoredInstant {
  std::uint64_t sequence = 0;                      ///< Of the message before it.
  std::uint64_t atNs = 0;                          ///< Of the last event before it.
  std::uint64_t events = 0;                        ///< Before it, of all heaps; likewise the next.
  std::uint64_t numbered = 0;                      ///< Allocations.
  std::optional<std::size_t> mark = std::nullopt;  ///< Position of a snapshot's mark.
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

  /// The file, for questions in SQL. Errors: likewise.
  static Result<OpenedFile> openFile(const std::filesystem::path& file);
  /// Reads by a connection that is in the middle of a read, and so at one moment: no transaction is begun.
  /// Errors: NotASession, SchemaTooNew, Corrupt.
  static Result<SessionReader> within(Database borrowed);

  /// Cost: some rows, however large the file is. Errors: Corrupt.
  Result<StoredHeader> header();
  Result<HeaderParts> headerParts();
  /// The instants whose numbers are in the file, in their order; the last is that of the newest checkpoint.
  Result<std::vector<StoredInstant>> instants();
  /// What had been counted at one of them, checked against what is defined, and against what its row tells.
  /// There is no timeline. Errors: Corrupt.
  Result<model::SessionCounters> countersAt(const StoredInstant& instant,
                                            const model::DefinitionsView& definitions);
  using Use = ingest::RecordBuilder::Use;
  /// All that is read from now on is of one moment, however a collector goes on writing. Errors: Corrupt.
  Result<void> freeze();
  /// Calls `take` with each stored batch of events, in their order; an error that it returns ends the call.
  /// The oldest may be missing: they were evicted; all are of a session without events. Errors: Corrupt.
  Result<void> events(const std::function<Result<void>(const v1::EventBatch&)>& take);
  /// The same with those of a range, until `take` returns false.
  Result<void> events(const EventRange& range,
                      const std::function<Result<bool>(const StoredBatch&, const v1::EventBatch&)>& take);
  /// How many events there had been before the first batch or instant that is stored after a message. None:
  /// nothing is.
  Result<std::optional<std::uint64_t>> eventsBeforeNext(std::uint64_t sequence);
  /// Where the stored batches are, in their order. Nothing is checked but that events and times never go
  /// back. Cost: a row each, not their events. Errors: Corrupt.
  Result<std::vector<BatchPlace>> batches();
  /// Where sums of spans are stored, in the order of their ends. Nothing of it is checked.
  Result<std::vector<SpanPlace>> spans();
  /// The sums of one of them, which stay until the next call. Errors: Corrupt.
  Result<const counting::SpanSums*> sumsOf(const SpanPlace& place, const model::DefinitionsView& definitions);
  /// All whole keyframes, in their order. Errors: Corrupt.
  Result<std::vector<KeyframePlace>> keyframes();
  /// The blocks of a keyframe, by rising numbers. `pairs`: those that are defined. Errors: Corrupt.
  Result<std::vector<model::LiveBlock>> blocksOf(const KeyframePlace& keyframe, std::size_t pairs);
  /// Of which instants that can be said. None: of none. Errors: Corrupt.
  Result<std::optional<AskableInstants>> askableInstants(Asked asked = Asked::Blocks);
  /// From the checkpoint and, when the session was not finished, the events after it. Errors: Corrupt;
  /// Unavailable: stopped by `control`.
  Result<StoredSession> load(Use use = Use::Count, const ReadControl& control = {});

 private:
  explicit SessionReader(OpenedFile file) : m_file(std::move(file)) {}

  Database& database() { return m_file.database(); }
  /// Errors: those of `read`; Unavailable: the file was written meanwhile, where it cannot be locked.
  template <class Read>
  auto inOneMoment(Read read) -> decltype(read());
  Result<void> readEvents(const EventRange& range,
                          const std::function<Result<bool>(const StoredBatch&, const v1::EventBatch&)>& take);
  Result<StoredSession> loadAll(Use use, const ReadControl& control);

  OpenedFile m_file;
  std::optional<SpanReader> m_spanReader;  ///< Declared after the file, whose statement it has.
  bool m_isFrozen = false;
  bool m_isReading = false;  ///< Within inOneMoment().
};

}  // namespace heaptap::store
