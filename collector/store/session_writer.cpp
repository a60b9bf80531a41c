// SPDX-License-Identifier: Apache-2.0
#include "collector/store/session_writer.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include "collector/store/new_file.h"
#include "collector/store/schema.h"
#include "collector/store/stored_hello.h"
#include "collector/store/stored_keyframes.h"

namespace heaptap::store {
namespace {

/// What a reader has to replay at most after a collector was killed, or for the heap at an instant: some
/// tenths of a second.
constexpr std::uint64_t kMostEventsBetweenCheckpoints = 8'000'000;
/// Fewer are replayed at once.
constexpr std::uint64_t kLeastEventsBetweenCheckpoints = 2'000'000;
/// Checkpoints that stay are at most so small a part of the events' bytes.
constexpr std::uint64_t kEventBytesByCheckpointByte = 16;

/// In a file that is small for what is recorded, checkpoints that stay are so many times their own bytes
/// apart at least.
constexpr std::uint64_t kCheckpointsApart = 2;

/// While only numbers are stored, each commit brings a checkpoint: so many come between two looks for room.
constexpr unsigned kMostCommitsUntilTry = 1024;

/// Without events, the sums of batches that a file has beside its numbers: about so much.
constexpr std::uint64_t kMostSumBytes = 256U << 10;

constexpr std::size_t kMostBytesAtOnce = 4U << 20;
constexpr std::size_t kLeastBytesAtOnce = 64U << 10;

/// To which a file may grow for the sake of its newest keyframe.
std::uint64_t largestFor(std::uint64_t quota) {
  return quota > ~std::uint64_t{0} / 2 ? quota : quota + quota / 2;
}

std::uint64_t quotaOf(const std::filesystem::path& file, std::uint64_t wanted) {
  if (wanted != 0) return wanted;
  std::error_code error;
  const auto space = std::filesystem::space(std::filesystem::absolute(file).parent_path(), error);
  return error ? ~0ULL : space.available / 4;
}

constexpr const char* kUseLog = "PRAGMA journal_mode = WAL";
// Waits for the disk where the log is moved into the file, first for the one and then for the other.
constexpr const char* kWait = "PRAGMA synchronous = NORMAL";

// For the log's beginning, and for what says how the file is to be read at its end, there is nothing yet, or
// nothing any more, to wait for the disk for: that would take most of the time that a short session takes.
constexpr const char* kDoNotWait = "PRAGMA synchronous = OFF";

Result<void> beginLog(Database& database) {
  return database.run(kDoNotWait)
      .and_then([&] { return database.run("UPDATE recording SET last_sequence = 0"); })
      .and_then([&] { return database.run(kWait); });
}

}  // namespace

SessionWriter::SessionWriter(std::unique_ptr<Database> database, RowWriter rows, const WriterOptions& options,
                             bool withoutEvents)
    : m_database(std::move(database)),
      m_rowWriter(std::move(rows)),
      m_reserve(m_database->file()),
      m_fullReserve(m_reserve.bytes()),
      m_maxFileBytes(quotaOf(m_database->file(), options.maxFileBytes)),
      m_withoutEvents(withoutEvents) {}

Result<SessionWriter> SessionWriter::over(Database database, const WriterOptions& options,
                                          bool withoutEvents) {
  auto fixed = std::make_unique<Database>(std::move(database));
  auto rows = RowWriter::prepare(*fixed);
  if (!rows) return tl::unexpected(rows.error());
  SessionWriter writer(std::move(fixed), std::move(*rows), options, withoutEvents);
  // When the disk is full, the whole log must still find room in the file: so it stays below the reserve.
  const std::uint64_t pages =
      std::clamp<std::uint64_t>(writer.m_reserve.bytes() / 4 / kSessionPageBytes, 16, 512);
  return writer.m_database->run("PRAGMA wal_autocheckpoint = " + std::to_string(pages)).map([&] {
    return std::move(writer);
  });
}

Result<SessionWriter> SessionWriter::create(const std::filesystem::path& file, const v1::Hello& hello,
                                            const WriterOptions& options) {
  if (auto made = makeSessionFile(file, hello, options.force); !made) return tl::unexpected(made.error());
  auto writer = Database::open(file, Database::Mode::ReadWrite).and_then([&](Database database) {
    return beginLog(database).and_then(
        [&] { return over(std::move(database), options, hello.without_events()); });
  });
  if (!writer) removeSessionFile(file);
  return writer;
}

Result<SessionWriter> SessionWriter::resume(const std::filesystem::path& file, const WriterOptions& options) {
  if (ReserveFile::isHeldFor(file))
    return failure(Code::AlreadyExists, file.string(), "another collector is recording there");
  auto database = Database::open(file, Database::Mode::ReadWrite);
  if (!database) return tl::unexpected(database.error());
  if (auto readable = checkSchema(*database); !readable) return tl::unexpected(readable.error());
  if (auto recordable = checkRecordable(*database); !recordable) return tl::unexpected(recordable.error());
  auto logged = database->run(kUseLog).and_then([&] { return database->run(kWait); });
  if (!logged) return tl::unexpected(logged.error());
  if (auto added = makeRecordable(*database); !added) return tl::unexpected(added.error());
  const auto last = database->number("SELECT last_sequence FROM recording");
  const auto lost = database->number("SELECT events_not_stored FROM recording");
  const auto bytes = database->number("SELECT coalesce(sum(length(data)), 0) FROM event_blob");
  const auto checkpointBytes = database->number(
      "SELECT coalesce((SELECT length(c.data) FROM checkpoint c JOIN timeline_blob t ON t.sequence = "
      "c.sequence), 0)");
  const auto newest = database->number("SELECT coalesce((SELECT sequence FROM timeline_blob), 0)");
  const auto keyframeBytes = database->number("SELECT coalesce(sum(length(data)), 0) FROM keyframe");
  for (const auto& number : {last, lost, bytes, keyframeBytes, checkpointBytes, newest}) {
    if (!number) return tl::unexpected(number.error());
  }
  const auto keyframes = findKeyframes(*database);
  if (!keyframes) return tl::unexpected(keyframes.error());
  const auto hello = loadHello(*database);
  if (!hello) return tl::unexpected(hello.error());
  auto writer = over(std::move(*database), options, hello->without_events());
  if (!writer) return writer;
  writer->m_lastSequence = static_cast<std::uint64_t>(*last);
  writer->m_eventsNotStored = static_cast<std::uint64_t>(*lost);
  writer->m_eventBytes = static_cast<std::uint64_t>(*bytes);
  writer->m_keyframeBytes = static_cast<std::uint64_t>(*keyframeBytes);
  writer->m_checkpointBytes = static_cast<std::uint64_t>(*checkpointBytes);
  if (!keyframes->empty()) writer->m_keepFrom = keyframes->back().firstSequence;
  // Whether it was to stay is not known: it goes, as else each new collector would leave one.
  if (*newest != 0) writer->m_passing = static_cast<std::uint64_t>(*newest);
  return writer;
}

void SessionWriter::add(StoredRow row) {
  m_waitingBytes += row.bytes();
  if (const auto* blob = std::get_if<EventBlob>(&row.item)) {
    m_eventsSinceCheckpoint += blob->events;
    m_bytesSinceCheckpoint += blob->data.size();
    m_bytesSinceKept += blob->data.size();
  }
  if (const auto* blob = std::get_if<KeyframeBlob>(&row.item))
    noteKeyframe(row.sequence, *blob);
  else
    m_keyframe.reset();
  m_waiting.push_back(std::move(row));
}

void SessionWriter::noteKeyframe(std::uint64_t sequence, const KeyframeBlob& part) {
  if (part.part == 0)
    m_keyframe = {.first = sequence, .next = sequence};
  else if (m_keyframe && m_keyframe->next != sequence)
    m_keyframe.reset();
  if (!m_keyframe) return;
  ++m_keyframe->next;
  if (!part.last) return;
  m_keepFrom = m_keyframe->first;
  m_hasKeyframeWaiting = true;
  m_keyframe.reset();
}

std::size_t SessionWriter::bytesAtOnce() const {
  return std::clamp<std::uint64_t>(keyframeBytes() / 2, kLeastBytesAtOnce, kMostBytesAtOnce);
}

bool SessionWriter::wantsCheckpoint() const {
  // Sums that take as much as a checkpoint, which replaces them: so the file stays small, and what is written
  // in all at most twice as much as they are.
  const bool isWorthIt = m_withoutEvents && m_eventBytes >= std::max(kMostSumBytes, m_checkpointBytes);
  const bool isCheap = m_bytesSinceCheckpoint >= kEventBytesByCheckpointByte * m_checkpointBytes;
  const bool isTime =
      m_eventsSinceCheckpoint >= (isCheap ? kLeastEventsBetweenCheckpoints : kMostEventsBetweenCheckpoints);
  return m_reducedBy || isWorthIt || isTime;
}

Result<SessionWriter::Outcome> SessionWriter::commit(const std::optional<Checkpoint>& checkpoint) {
  if (m_waiting.empty() && !checkpoint) return Outcome::Stored;
  return store(checkpoint, false);
}

Result<void> SessionWriter::finish(const Checkpoint& checkpoint) {
  auto stored = store(checkpoint, true);
  m_reserve.release();
  if (!stored) return tl::unexpected(stored.error());
  if (m_withoutEvents) (void)m_database->run("PRAGMA incremental_vacuum");
  // Moves the log into the file. When a process reads the file just now, or the disk is full, it stays beside
  // it, and is found.
  auto moved = m_database->run("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!moved) return m_reducedBy ? Result<void>{} : moved;
  (void)m_database->run(kDoNotWait);
  (void)m_database->run("PRAGMA journal_mode = DELETE");
  return {};
}

Result<SessionWriter::Outcome> SessionWriter::store(const std::optional<Checkpoint>& checkpoint,
                                                    bool finished) {
  if (m_withoutEvents && checkpoint) dropEvents(/*alsoSnapshots=*/false);
  if (m_reducedBy && checkpoint && !finished) storeEventsAgain();
  if (!m_reducedBy) {
    Excess excess;
    const auto hasRoom = makeRoom(checkpoint, excess);
    if (hasRoom && !*hasRoom) return Outcome::CheckpointNeeded;
    auto stored = hasRoom.and_then([&](bool) { return transaction(checkpoint, excess, finished); });
    if (stored) return Outcome::Stored;
    storeOnlyNumbers(stored.error());  // Full, or damaged, or gone: what helps is the same.
  }
  if (!checkpoint) return Outcome::CheckpointNeeded;
  return storeNumbers(*checkpoint, finished).map([] { return Outcome::Stored; });
}

/// Returns: false: a checkpoint is needed.
Result<bool> SessionWriter::makeRoom(const std::optional<Checkpoint>& checkpoint, Excess& excess) {
  auto over = bytesOverQuota(checkpoint ? checkpoint->data.size() : 0);
  if (!over) return tl::unexpected(over.error());
  if (over->needed == 0 && !canEvict()) over->wanted = 0;
  if (!checkpoint) return over->wanted == 0 && !wantsCheckpointOfKeyframe();
  const std::uint64_t stored = m_eventBytes + m_keyframeBytes;
  if (over->wanted > stored && m_keepFrom) {
    const std::size_t before = m_waitingBytes;
    dropEventsBefore(*m_keepFrom, over->wanted - stored);
    const std::uint64_t dropped = before - m_waitingBytes;
    over->wanted -= std::min(over->wanted, dropped);
    over->needed -= std::min(over->needed, dropped);
  }
  if (over->needed > stored) dropEvents(true);
  excess = *over;
  return true;
}

Result<void> SessionWriter::storeNumbers(const Checkpoint& checkpoint, bool finished) {
  dropEvents(true);
  Result<void> stored;
  const std::uint64_t some = (m_eventBytes + m_keyframeBytes) / 4 + 1;
  for (const std::uint64_t bytes : {std::uint64_t{0}, some, ~std::uint64_t{0}}) {
    stored = transaction(checkpoint, {.wanted = bytes, .needed = bytes}, finished);
    if (stored) return stored;  // A limit on file sizes shows as an I/O error, not as a full disk.
    (void)m_database->run("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  return stored;
}

/// The newest keyframe goes last.
Result<Evicted> SessionWriter::evict(const Excess& excess, std::uint64_t upTo) {
  Eviction eviction{.bytes = excess.wanted, .upTo = upTo, .keepFrom = m_keepFrom.value_or(kKeepNothing)};
  auto evicted = evictOldestEvents(*m_database, eviction);
  if (!evicted || evicted->bytes() >= excess.needed) return evicted;
  eviction.bytes = excess.needed - evicted->bytes();
  eviction.keepFrom = kKeepNothing;
  return evictOldestEvents(*m_database, eviction).map([&](Evicted more) {
    more += *evicted;
    return more;
  });
}

Result<void> SessionWriter::transaction(const std::optional<Checkpoint>& checkpoint, const Excess& excess,
                                        bool finished) {
  Evicted evicted;
  std::uint64_t last = m_lastSequence;
  std::uint64_t eventBytes = 0;
  std::uint64_t keyframeBytes = 0;
  const auto writeAll = [&]() -> Result<void> {
    if (checkpoint) {
      constexpr Excess kAll{.wanted = ~std::uint64_t{0}, .needed = ~std::uint64_t{0}};
      auto removed = evict(m_withoutEvents ? kAll : excess, checkpoint->sequence);
      if (!removed) return tl::unexpected(removed.error());
      evicted = *removed;
      if (m_withoutEvents) evicted.events = 0;  // They are left out on purpose, not lost.
      last = std::max(last, checkpoint->sequence);
    }
    for (const StoredRow& row : m_waiting) {
      if (auto written = m_rowWriter.write(row); !written) return written;
      if (const auto* blob = std::get_if<EventBlob>(&row.item)) eventBytes += blob->data.size();
      if (const auto* blob = std::get_if<KeyframeBlob>(&row.item)) keyframeBytes += blob->data.size();
      last = std::max(last, row.sequence);
    }
    if (checkpoint) {
      if (auto written = writeCheckpoint(*checkpoint, excess.needed != ~std::uint64_t{0}); !written)
        return written;
    }
    return m_rowWriter.writeProgress(last, m_eventsNotStored + evicted.events, finished, m_cpuNs);
  };
  auto stored = m_database->run("BEGIN IMMEDIATE").and_then(writeAll).and_then([&] {
    return m_database->run("COMMIT");
  });
  if (!stored) {
    (void)m_database->run("ROLLBACK");  // Fails when SQLite has rolled back already.
    return stored;
  }
  m_lastSequence = last;
  m_eventBytes += eventBytes - evicted.eventBytes;
  m_keyframeBytes += keyframeBytes - evicted.keyframeBytes;
  m_eventsNotStored += evicted.events;
  if (evicted.upTo != 0 && m_keepFrom && evicted.upTo >= *m_keepFrom) m_keepFrom.reset();
  if (checkpoint && excess.wanted > evicted.bytes()) m_evictedUpTo = m_keepFrom;
  m_hasKeyframeWaiting = false;
  if (checkpoint) {
    m_eventsSinceCheckpoint = 0;
    m_bytesSinceCheckpoint = 0;
    m_checkpointBytes = checkpoint->data.size();
    m_passing = checkpoint->sequence;
    if (isWorthKeeping(*checkpoint)) {
      m_passing.reset();
      m_isAfterHole = false;
      m_bytesSinceKept = 0;
    }
  }
  m_waiting.clear();
  m_waitingBytes = 0;
  return {};
}

bool SessionWriter::isWorthKeeping(const Checkpoint& checkpoint) const {
  if (m_withoutEvents || m_reducedBy) return false;
  // After a hole instants are counted from there.
  return m_isAfterHole || m_bytesSinceKept >= closestCheckpoints(checkpoint.data.size());
}

/// Bytes of events between two that stay, at least.
std::uint64_t SessionWriter::closestCheckpoints(std::uint64_t checkpointBytes) const {
  const std::uint64_t usual = kEventBytesByCheckpointByte * checkpointBytes;
  // The oldest events are about to go: instants are to be known from each keyframe on that may be the first.
  const bool isSmall = m_usedBytes > m_maxFileBytes / 4;
  return isSmall ? std::min(usual, std::max(keyframeBytes() / 2, kCheckpointsApart * checkpointBytes))
                 : usual;
}

bool SessionWriter::wantsCheckpointOfKeyframe() const {
  return m_hasKeyframeWaiting && m_usedBytes > m_maxFileBytes / 4 &&
         m_bytesSinceKept >= closestCheckpoints(m_checkpointBytes);
}

Result<void> SessionWriter::writeCheckpoint(const Checkpoint& checkpoint, bool keepsOthers) {
  Result<void> removed;
  if (!keepsOthers)
    removed = m_database->run("DELETE FROM checkpoint WHERE mark IS NULL");
  else if (m_passing)
    removed = m_rowWriter.removeCheckpoint(*m_passing);
  return removed.and_then([&] { return m_rowWriter.write(checkpoint); });
}

Result<SessionWriter::Excess> SessionWriter::bytesOverQuota(std::size_t incoming) {
  return usedBytes(*m_database).map([&](std::uint64_t used) {
    m_usedBytes = used;
    const std::uint64_t after = used + m_waitingBytes + incoming;
    const auto over = [&](std::uint64_t limit) {
      if (after <= limit) return std::uint64_t{0};
      return after - limit + m_maxFileBytes / 16;  // Some more, so that it lasts for a while.
    };
    return Excess{.wanted = over(m_maxFileBytes), .needed = over(largestFor(m_maxFileBytes))};
  });
}

void SessionWriter::dropEvents(bool alsoSnapshots) {
  // Nor is there room for whole heaps: their marks stay.
  for (StoredRow& row : m_waiting) {
    auto* mark = std::get_if<MarkRow>(&row.item);
    if (mark == nullptr || !alsoSnapshots) continue;
    if (mark->snapshot) m_waitingBytes -= mark->snapshot->data.size();
    mark->snapshot.reset();
  }
  std::erase_if(m_waiting, [&](const StoredRow& row) {
    const auto* blob = std::get_if<EventBlob>(&row.item);
    if (blob == nullptr && !std::holds_alternative<KeyframeBlob>(row.item)) return false;
    if (blob != nullptr && !m_withoutEvents) m_eventsNotStored += blob->events;
    m_waitingBytes -= row.bytes();
    return true;
  });
  m_hasKeyframeWaiting = false;
  m_keyframe.reset();
  m_keepFrom.reset();
}

/// Of those that wait, the oldest, until so many bytes are gone.
void SessionWriter::dropEventsBefore(std::uint64_t sequence, std::uint64_t bytes) {
  std::uint64_t dropped = 0;
  std::erase_if(m_waiting, [&](const StoredRow& row) {
    const auto* blob = std::get_if<EventBlob>(&row.item);
    if (blob == nullptr && !std::holds_alternative<KeyframeBlob>(row.item)) return false;
    if (row.sequence >= sequence || dropped >= bytes) return false;
    if (blob != nullptr) m_eventsNotStored += blob->events;
    m_waitingBytes -= row.bytes();
    dropped += row.bytes();
    return true;
  });
}

void SessionWriter::storeOnlyNumbers(Error why) {
  m_reducedBy = std::move(why);
  m_commitsUntilTry = m_commitsUntilNextTry;
  m_commitsUntilNextTry = std::min(2 * m_commitsUntilNextTry, kMostCommitsUntilTry);
  m_reserve.giveBack();  // Its lock stays: no other collector may go on with the file.
  // The log's space can be used again only when all of it is in the file.
  (void)m_database->run("PRAGMA wal_checkpoint(TRUNCATE)");
}

void SessionWriter::storeEventsAgain() {
  if (m_commitsUntilTry > 1) {
    --m_commitsUntilTry;
    return;
  }
  // The reserve is as much as another full disk needs, and some more is to be there for events. Where files
  // may not grow, there is no reserve either.
  std::error_code error;
  const auto space = std::filesystem::space(std::filesystem::absolute(file()).parent_path(), error);
  if (error || space.available < 4 * m_fullReserve) return;
  if (!m_reserve.takeAgain(m_fullReserve)) return;
  m_reducedBy.reset();
  m_isAfterHole = true;
  dropEvents(/*alsoSnapshots=*/false);  // Nothing is known before the checkpoint that comes behind them.
}

}  // namespace heaptap::store
