// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/error.h"
#include "collector/store/checkpoint.h"
#include "collector/store/database.h"
#include "collector/store/event_eviction.h"
#include "collector/store/reserve_file.h"
#include "collector/store/row_writer.h"
#include "collector/store/stored_row.h"

namespace heaptap::store {

struct WriterOptions {
  bool force = false;              ///< An existing file may be replaced.
  std::uint64_t maxFileBytes = 0;  ///< 0: a quarter of the free space.
};

/// Writes one session file.
///
/// Rows are collected by add() and stored together by commit(): what is committed survives the death of
/// any process. When the file reaches its quota, the oldest events and keyframes go, but not the newest
/// keyframe and what came since: for these it may grow beyond, by half at most. When the disk is full,
/// events are stored no more; the numbers are: with every commit from then on a checkpoint, for which a
/// reserve, and at need the events stored so far, make room. When there is room again, events are stored
/// again, behind a hole that their numbers show (`first_event`). Each event that is lost in these ways is
/// counted. Of a session without events, the sums of batches stay until a checkpoint covers them. Checkpoints
/// stay as long as they are a small part of the file: what had been counted at any instant is the one before,
/// and the events since. Owns:    the database connection and the reserve file. Threads: one at a time.
class SessionWriter {
 public:
  enum class Outcome {
    Stored,
    CheckpointNeeded,  ///< Nothing was stored; the rows are kept. Call again, with a checkpoint.
  };

  /// Makes the file. Errors: AlreadyExists, NotWritable, NotPermitted, StorageFull.
  static Result<SessionWriter> create(const std::filesystem::path& file, const v1::Hello& hello,
                                      const WriterOptions& options);
  /// Goes on with a file. Errors: as SessionReader::open(), NotWritable, and AlreadyExists when a process is
  /// writing it.
  static Result<SessionWriter> resume(const std::filesystem::path& file, const WriterOptions& options);

  void add(StoredRow row);
  /// Bytes of rows that wait for commit().
  std::size_t waitingBytes() const { return m_waitingBytes; }
  /// After so many it should be called: what comes at once is a small part of the file.
  std::size_t bytesAtOnce() const;
  /// Keyframes that come at least each so many bytes of events leave several of them in the file.
  std::uint64_t keyframeBytes() const { return m_maxFileBytes / kKeyframesInFile; }
  /// Whether the next commit() should bring a checkpoint.
  bool wantsCheckpoint() const;

  /// Stores what was added. A checkpoint must cover exactly the events added so far.
  /// Errors: StorageFull when not even the numbers could be stored; the rows are kept and tried again.
  Result<Outcome> commit(const std::optional<Checkpoint>& checkpoint);
  /// Stores what was added and the final numbers, and leaves one plain file that needs no other.
  Result<void> finish(const Checkpoint& checkpoint);

  /// What the collector has spent on the session by now; stored with the next commit.
  void noteCpu(std::optional<std::uint64_t> ns) { m_cpuNs = ns; }

  std::uint64_t eventsNotStored() const { return m_eventsNotStored; }
  std::uint64_t storedEventBytes() const { return m_withoutEvents ? 0 : m_eventBytes; }
  /// Why events are not stored now; none while they are.
  const std::optional<Error>& reducedBy() const { return m_reducedBy; }
  const std::filesystem::path& file() const { return m_database->file(); }

 private:
  static constexpr std::uint64_t kKeyframesInFile = 8;

  SessionWriter(std::unique_ptr<Database> database, RowWriter rows, const WriterOptions& options,
                bool withoutEvents);
  static Result<SessionWriter> over(Database database, const WriterOptions& options, bool withoutEvents);

  Result<Outcome> store(const std::optional<Checkpoint>& checkpoint, bool finished);
  Result<void> storeNumbers(const Checkpoint& checkpoint, bool finished);
  /// Bytes of events and keyframes that are to go.
  struct Excess {
    std::uint64_t wanted = 0;  ///< If this can be without the newest keyframe.
    std::uint64_t needed = 0;  ///< At least, whatever goes.
  };
  Result<void> transaction(const std::optional<Checkpoint>& checkpoint, const Excess& excess, bool finished);
  Result<Evicted> evict(const Excess& excess, std::uint64_t upTo);
  Result<bool> makeRoom(const std::optional<Checkpoint>& checkpoint, Excess& excess);
  Result<void> writeCheckpoint(const Checkpoint& checkpoint, bool keepsOthers);
  [[nodiscard]] bool isWorthKeeping(const Checkpoint& checkpoint) const;
  [[nodiscard]] std::uint64_t closestCheckpoints(std::uint64_t checkpointBytes) const;
  [[nodiscard]] bool wantsCheckpointOfKeyframe() const;
  [[nodiscard]] bool canEvict() const { return !m_keepFrom || m_keepFrom != m_evictedUpTo; }
  Result<Excess> bytesOverQuota(std::size_t incoming);
  void noteKeyframe(std::uint64_t sequence, const KeyframeBlob& part);
  void dropEvents(bool alsoSnapshots);
  void dropEventsBefore(std::uint64_t sequence, std::uint64_t bytes);
  void storeOnlyNumbers(Error why);
  void storeEventsAgain();

  std::unique_ptr<Database> m_database;  ///< At a fixed place, and declared before the statements on it.
  RowWriter m_rowWriter;
  ReserveFile m_reserve;
  std::uint64_t m_fullReserve;  ///< Bytes of the reserve at the beginning.
  std::uint64_t m_maxFileBytes;
  bool m_withoutEvents;
  std::vector<StoredRow> m_waiting;
  std::size_t m_waitingBytes = 0;
  std::uint64_t m_lastSequence = 0;
  std::uint64_t m_eventsSinceCheckpoint = 0;
  std::uint64_t m_checkpointBytes = 0;       ///< Of the last one.
  std::uint64_t m_bytesSinceCheckpoint = 0;  ///< Of events.
  std::uint64_t m_bytesSinceKept = 0;        ///< Since the last one that stays.
  /// The last one, when it goes with the next.
  std::optional<std::uint64_t> m_passing;
  std::uint64_t m_eventsNotStored = 0;
  std::uint64_t m_eventBytes = 0;           ///< Of the event blobs in the file.
  std::uint64_t m_keyframeBytes = 0;        ///< Likewise.
  std::uint64_t m_usedBytes = 0;            ///< Of the file, when it was last looked at.
  std::optional<std::uint64_t> m_keepFrom;  ///< Message of the newest whole keyframe, if all since is there.
  std::optional<std::uint64_t> m_evictedUpTo;  ///< Before this nothing is left to go.
  struct KeyframeUnderWay {
    std::uint64_t first = 0;  ///< Message of its first part.
    std::uint64_t next = 0;   ///< Of its next one.
  };
  std::optional<KeyframeUnderWay> m_keyframe;
  bool m_hasKeyframeWaiting = false;  ///< One became whole by what waits.
  std::optional<std::uint64_t> m_cpuNs;
  std::optional<Error> m_reducedBy;
  unsigned m_commitsUntilTry = 0;  ///< Until events are stored again, if there is room.
  unsigned m_commitsUntilNextTry =
      4;                       ///< Twice as many each time: a disk that stays nearly full is let alone.
  bool m_isAfterHole = false;  ///< Since the last checkpoint that stays.
};

}  // namespace heaptap::store
