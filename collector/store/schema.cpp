// SPDX-License-Identifier: Apache-2.0
#include "collector/store/schema.h"

#include <functional>
#include <set>
#include <string>

#include "collector/store/rows.h"

namespace heaptap::store {
namespace {

/// Times are in ns since the session's start, sizes in bytes. A `data` column is one zstd frame around the
/// message of proto/heaptap named beside it. Unsigned 64-bit values are stored as signed ones.
constexpr const char* kTables = R"sql(
CREATE TABLE session (               -- One row: who was recorded. See Hello.
  protocol INTEGER, id TEXT, tree_id TEXT, parent_id TEXT, image INTEGER, agent_version TEXT,
  executable TEXT, working_directory TEXT, host TEXT, pid INTEGER, parent_pid INTEGER,
  started_at_unix_ns INTEGER, time_unit_ns INTEGER, sample_interval INTEGER,
  without_events INTEGER);
CREATE TABLE argument (position INTEGER PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE recording (             -- One row: how far it went. NULL: unknown.
  last_sequence INTEGER NOT NULL,    -- Of the last message that is stored.
  finished INTEGER NOT NULL,         -- 1: nothing will follow.
  end_kind INTEGER, end_status INTEGER, ended_ns INTEGER,              -- See Goodbye.
  -- See Counters.
  )sql"
#define HEAPTAP_RELAY_COUNTER(member, field, ...) #field " INTEGER, "
#define HEAPTAP_RELAY_MEASURE(member, field) #field " INTEGER, "
#include "base/relay_counters.def"
                                R"sql(
  bypassed INTEGER,
  exact_allocations INTEGER, exact_bytes INTEGER, exact_frees INTEGER,  -- Only where allocations are sampled.
  collector_cpu_ns INTEGER,
  events_not_stored INTEGER NOT NULL);  -- Counted, but without a record: quota or full disk.

CREATE TABLE unrecorded (            -- Programs that were started, and are not recorded. See UnrecordedProgram.
  program TEXT NOT NULL, why TEXT NOT NULL, in_place INTEGER NOT NULL, times INTEGER NOT NULL);

CREATE TABLE module (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL, build_id TEXT NOT NULL, start INTEGER, end INTEGER, bias INTEGER,
  names_missing INTEGER NOT NULL);     -- 0: no. See ModuleNames.
CREATE TABLE thread (id INTEGER PRIMARY KEY, tid INTEGER, name TEXT NOT NULL, first_seen_ns INTEGER);
CREATE TABLE gap (
  sequence INTEGER PRIMARY KEY, thread INTEGER, from_ns INTEGER, to_ns INTEGER, allocations INTEGER,
  allocated_bytes INTEGER, frees INTEGER, reason INTEGER);  -- See DropReason.

CREATE TABLE heap (id INTEGER PRIMARY KEY, name TEXT NOT NULL);  -- Where blocks come from. See Heaps.
INSERT INTO heap (id, name) VALUES (0, 'malloc'), (1, 'mappings');

CREATE TABLE finding (                -- Wrong uses of the heap. See Findings.
  id INTEGER PRIMARY KEY, kind INTEGER, count INTEGER, pair INTEGER, free_origin INTEGER, free_stack INTEGER,
  earlier_free_stack INTEGER, declared_size INTEGER, first_ns INTEGER, thread INTEGER, address INTEGER, heap INTEGER,
  own_operator INTEGER);              -- 1: none after all.

CREATE TABLE mark (                   -- Named moments, and what had been counted then.
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, at_ns INTEGER, live_bytes INTEGER, live_blocks INTEGER,
  allocations INTEGER, live_variance REAL,
  snapshot INTEGER NOT NULL);         -- 1: the whole heap at this moment was wanted. Without its checkpoint, it is not kept.

CREATE TABLE resident (               -- The program's memory as the kernel counts it. See ResidentMemory. NULL: unknown.
  at_ns INTEGER NOT NULL, rss_bytes INTEGER NOT NULL, pss_bytes INTEGER, pool_bytes INTEGER);

CREATE TABLE text (id INTEGER PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE symbol_line (
  frame INTEGER, position INTEGER, function INTEGER, file INTEGER, line INTEGER, inlined INTEGER,
  allocator INTEGER,                  -- 1: the allocator's own function, not the program's.
  PRIMARY KEY (frame, position)) WITHOUT ROWID;
CREATE VIEW symbol AS
  SELECT l.frame, l.position, f.value AS function, s.value AS file, l.line, l.inlined, l.allocator
  FROM symbol_line l LEFT JOIN text f ON f.id = l.function LEFT JOIN text s ON s.id = l.file;

CREATE TABLE frame_blob (sequence INTEGER PRIMARY KEY, first INTEGER, count INTEGER, data BLOB);  -- Frames
CREATE TABLE stack_blob (sequence INTEGER PRIMARY KEY, first INTEGER, count INTEGER, data BLOB);  -- StackNodes
CREATE TABLE pair_blob  (sequence INTEGER PRIMARY KEY, first INTEGER, count INTEGER, data BLOB);  -- Pairs
CREATE TABLE event_blob (             -- EventBatch. Without events: CountedBatch, until a checkpoint covers it.
  sequence INTEGER PRIMARY KEY,
  first_event INTEGER,                -- Events before it, stored or not.
  first_allocation INTEGER,           -- Allocations before it, of all heaps.
  events INTEGER, from_ns INTEGER, to_ns INTEGER, data BLOB);
CREATE TABLE keyframe (               -- KeyframeColumns. A part of the blocks that were live at an instant. See Keyframe.
  sequence INTEGER PRIMARY KEY,
  at_ns INTEGER,                      -- Of the last event before it; likewise the next, as of event_blob.
  first_event INTEGER, first_allocation INTEGER,
  blocks INTEGER, part INTEGER, last INTEGER, data BLOB);

CREATE TABLE checkpoint (             -- What had been counted at some instants: up to and with message `sequence`.
  sequence INTEGER PRIMARY KEY,
  mark INTEGER,                       -- Of a snapshot. NULL: made from time to time.
  events INTEGER, numbered INTEGER,   -- Events, and allocations, of all heaps; the columns below are of malloc's.
  allocations INTEGER, frees INTEGER, allocated_bytes INTEGER, live_bytes INTEGER, peak_bytes INTEGER,
  peak_at_ns INTEGER, temporaries INTEGER, last_event_ns INTEGER, data BLOB);  -- Checkpoint
CREATE TABLE timeline_blob (          -- At most one row. Reading begins from the checkpoint of its `sequence`.
  id INTEGER PRIMARY KEY CHECK (id = 1), sequence INTEGER, data BLOB);  -- StoredTimeline
)sql";

/// Since format 2.1: added to older files where their recording goes on.
constexpr const char* kSpanTable = R"sql(
CREATE TABLE IF NOT EXISTS span (     -- What the events of several batches add up to, up to and with message `sequence`.
  sequence INTEGER NOT NULL,
  level INTEGER NOT NULL,             -- From 0: of the shortest spans. Of each next one are several of the one below.
  first_event INTEGER, first_allocation INTEGER, events INTEGER, from_ns INTEGER, to_ns INTEGER,  -- As of event_blob.
  entries INTEGER,                    -- Numbers in it, about.
  data BLOB);                         -- SpanSums
CREATE INDEX IF NOT EXISTS span_by_sequence ON span (sequence, level);
)sql";

std::string nameOf(std::int64_t version) {
  return std::to_string(version / kMinorVersions) + "." + std::to_string(version % kMinorVersions);
}

tl::unexpected<Error> notASession(const Database& database) {
  return failure(Code::NotASession, database.file().string(), "not a heaptap session");
}

}  // namespace

Result<void> createSchema(Database& database) {
  return database.run(kTables)
      .and_then([&] { return database.run(kSpanTable); })
      .and_then([&] { return database.run("PRAGMA user_version = " + std::to_string(kSchemaVersion)); })
      // Last: a file without it is no session yet.
      .and_then([&] { return database.run("PRAGMA application_id = " + std::to_string(kApplicationId)); });
}

Result<void> makeRecordable(Database& database) {
  std::set<std::string, std::less<>> columns;
  return forEachRow(database, "SELECT name FROM pragma_table_info('recording')",
                    [&](const Statement& row) -> Result<void> {
                      columns.emplace(row.text("name"));
                      return {};
                    })
      .and_then([&]() -> Result<void> {
        for (const char* const counter : {
#define HEAPTAP_RELAY_COUNTER(member, field, ...) #field,
#define HEAPTAP_RELAY_MEASURE(member, field) #field,
#include "base/relay_counters.def"
             }) {
          if (columns.contains(counter)) continue;
          auto added = database.run(std::string("ALTER TABLE recording ADD COLUMN ") + counter + " INTEGER");
          if (!added) return added;
        }
        return {};
      })
      .and_then([&] { return database.run(kSpanTable); })
      .and_then([&] { return database.run("PRAGMA user_version = " + std::to_string(kSchemaVersion)); });
}

Result<void> checkSchema(Database& database) {
  const auto application = database.number("PRAGMA application_id");
  if (!application) return tl::unexpected(application.error());
  if (*application != kApplicationId) return notASession(database);
  const auto version = database.number("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  if (*version < 1) return notASession(database);
  if (*version / kMinorVersions > kSchemaMajor)
    return failure(
        Code::SchemaTooNew, database.file().string(),
        "format " + nameOf(*version) + ", this build reads up to " + std::to_string(kSchemaMajor) + ".x",
        "use a newer heaptap");
  if (*version < kMinorVersions)
    return failure(Code::SchemaTooNew, database.file().string(),
                   "of a heaptap from before format 1, which this build does not read", "record anew");
  return {};
}

Result<std::optional<std::string>> newerSchema(Database& database) {
  return database.number("PRAGMA user_version").map([](std::int64_t version) {
    return version > kSchemaVersion ? std::optional(nameOf(version)) : std::nullopt;
  });
}

Result<void> checkRecordable(Database& database) {
  return newerSchema(database).and_then([&](const std::optional<std::string>& newer) -> Result<void> {
    if (!newer) return {};
    return failure(Code::SchemaTooNew, database.file().string(),
                   "format " + *newer + ", this build writes " + nameOf(kSchemaVersion),
                   "go on with it with a newer heaptap");
  });
}

}  // namespace heaptap::store
