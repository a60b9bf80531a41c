// SPDX-License-Identifier: Apache-2.0
#include "collector/store/session_reader.h"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "collector/ingest/hello_reader.h"
#include "collector/store/rows.h"
#include "collector/store/schema.h"
#include "collector/store/stored_hello.h"
#include "collector/store/stored_tables.h"

namespace heaptap::store {
namespace {

/// The same error, with the file as its place.
Error inFile(Error error, const std::filesystem::path& file) {
  std::error_code ignored;
  // SQLite names files by their whole path, without links, the reader as they were given.
  if (std::filesystem::equivalent(error.where, file, ignored)) error.where = file.string();
  if (error.where != file.string()) {
    if (!error.where.empty()) error.what = error.where + ": " + error.what;
    error.where = file.string();
  }
  if (error.code != Code::Corrupt) return error;
  constexpr std::string_view kDamaged = "it is damaged";
  if (!error.what.starts_with(kDamaged) && !error.what.starts_with("cannot be read"))
    error.what = std::string(kDamaged) + ": " + error.what;
  if (error.remedy.empty()) error.remedy = "copy it again from where it was recorded";
  return error;
}

Result<void> checkFile(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) return failure(Code::NotFound, file.string(), "no such file");
  if (!std::filesystem::is_regular_file(status)) {
    return failure(Code::NotASession, file.string(), "not a regular file, expected a heaptap session");
  }
  if (::access(file.c_str(), R_OK) != 0)
    return systemFailure(Code::NotPermitted, file.string(), "cannot read");
  return {};
}

Result<Database> openForReading(const std::filesystem::path& file) {
  auto database = Database::open(file, Database::Mode::ReadOnly).and_then([](Database opened) {
    return checkSchema(opened).map([&] { return std::move(opened); });
  });
  // In a folder that cannot be written, SQLite has no place for its lock file.
  std::error_code ignored;
  const bool hasLog = std::filesystem::file_size(file.string() + "-wal", ignored) > 0 && !ignored;
  if (!database && database.error().code == Code::NotWritable && !hasLog) {
    return Database::open(file, Database::Mode::Immutable).and_then([](Database opened) {
      return checkSchema(opened).map([&] { return std::move(opened); });
    });
  }
  return database;
}

Result<StoredProgress> loadProgress(Database& database) {
  std::optional<StoredProgress> progress;
  const auto read = [&](const Statement& row) -> Result<void> {
    progress = {.lastSequence = row.as<std::uint64_t>("last_sequence"),
                .finished = row.integer("finished") != 0,
                .eventsNotStored = row.as<std::uint64_t>("events_not_stored")};
    if (!row.isNull("collector_cpu_ns")) progress->collectorCpuNs = row.as<std::uint64_t>("collector_cpu_ns");
    return {};
  };
  return forEachRow(database, "SELECT * FROM recording LIMIT 1", read)
      .and_then([&]() -> Result<StoredProgress> {
        if (progress) return *progress;
        return failure(Code::Corrupt, database.file().string(), "the table recording is empty");
      });
}

/// Looks at every row of the events: not for what only lists sessions.
Result<std::uint64_t> storedEventBytes(Database& database) {
  return database.number("SELECT coalesce(sum(length(data)), 0) FROM event_blob").map([](std::int64_t bytes) {
    return static_cast<std::uint64_t>(bytes);
  });
}

/// Of what the checkpoint counts, and of the batch that came last.
Result<std::uint64_t> lastEventNs(Database& database) {
  return database
      .number(
          "SELECT max(coalesce((SELECT max(last_event_ns) FROM checkpoint), 0), "
          "coalesce((SELECT to_ns FROM event_blob ORDER BY sequence DESC LIMIT 1), 0))")
      .map([](std::int64_t ns) { return static_cast<std::uint64_t>(ns); });
}

/// What of the file load() reads: neither events that the newest checkpoint covers nor older checkpoints.
Result<std::uint64_t> bytesToRead(Database& database) {
  return database
      .number(
          "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) - "
          "(SELECT coalesce(sum(length(data)), 0) FROM event_blob WHERE sequence <= "
          "coalesce((SELECT sequence FROM timeline_blob), 0)) - "
          "(SELECT coalesce(sum(length(data)), 0) FROM checkpoint WHERE sequence <> "
          "coalesce((SELECT sequence FROM timeline_blob), 0))")
      .map([](std::int64_t bytes) { return static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 1)); });
}

}  // namespace

Result<SessionReader> SessionReader::open(const std::filesystem::path& file) {
  return checkFile(file)
      .and_then([&] { return openForReading(file); })
      .map([](Database database) { return SessionReader(std::move(database)); })
      .map_error([&](Error error) {
        // SQLite has one code for "not ours" and "cannot be read".
        if (error.code == Code::NotASession) error.what = "not a heaptap session";
        return inFile(std::move(error), file);
      });
}

Result<StoredHeader> SessionReader::header() {
  const auto read = [&]() -> Result<StoredHeader> {
    auto hello = loadHello(m_database);
    if (!hello) return tl::unexpected(hello.error());
    auto builder = ingest::RecordBuilder::begin(*hello);
    if (!builder) return tl::unexpected(builder.error());
    if (auto ended = loadEnding(m_database, *builder); !ended) return tl::unexpected(ended.error());
    auto progress = loadProgress(m_database);
    if (!progress) return tl::unexpected(progress.error());
    const auto last = lastEventNs(m_database);
    if (!last) return tl::unexpected(last.error());
    return StoredHeader{.identity = builder->record().identity,
                        .ending = builder->record().ending,
                        .progress = *progress,
                        .lastEventNs = *last};
  };
  return read().map_error([&](Error error) { return inFile(std::move(error), m_database.file()); });
}

Result<model::SessionCounters> SessionReader::snapshot(std::size_t mark) {
  return loadSnapshot(m_database, mark).map_error([&](Error error) {
    return inFile(std::move(error), m_database.file());
  });
}

Result<std::vector<StoredInstant>> SessionReader::instants() {
  std::vector<StoredInstant> instants;
  return forEachRow(
             m_database,
             "SELECT sequence, last_event_ns, events, numbered, mark FROM checkpoint ORDER BY sequence",
             [&](const Statement& row) -> Result<void> {
               StoredInstant instant{.sequence = row.as<std::uint64_t>("sequence"),
                                     .atNs = row.as<std::uint64_t>("last_event_ns"),
                                     .events = row.as<std::uint64_t>("events"),
                                     .numbered = row.as<std::uint64_t>("numbered")};
               if (!row.isNull("mark")) instant.mark = row.as<std::size_t>("mark");
               instants.push_back(instant);
               return {};
             })
      .map([&] { return std::move(instants); })
      .map_error([&](Error error) { return inFile(std::move(error), m_database.file()); });
}

Result<model::SessionCounters> SessionReader::countersAt(const StoredInstant& instant) {
  return loadInstant(m_database, instant.sequence).map_error([&](Error error) {
    return inFile(std::move(error), m_database.file());
  });
}

Result<StoredSession> SessionReader::load(Use use, const ReadControl& control) {
  // One transaction, so that a collector which writes the file just now does not get in between.
  auto loaded = m_isFrozen ? loadAll(use, control)
                           : m_database.run("BEGIN").and_then([&] { return loadAll(use, control); });
  if (!m_isFrozen) (void)m_database.run("ROLLBACK");
  return std::move(loaded).map_error(
      [&](Error error) { return inFile(std::move(error), m_database.file()); });
}

Result<void> SessionReader::freeze() {
  m_isFrozen = true;
  return m_database.run("BEGIN").map_error(
      [&](Error error) { return inFile(std::move(error), m_database.file()); });
}

Result<void> SessionReader::events(const std::function<Result<void>(const v1::EventBatch&)>& take) {
  return events({}, [&](const StoredBatch&, const v1::EventBatch& batch) {
    return take(batch).map([] { return true; });
  });
}

Result<void> SessionReader::events(
    const EventRange& range,
    const std::function<Result<bool>(const StoredBatch&, const v1::EventBatch&)>& take) {
  const auto hello = loadHello(m_database);
  if (!hello) return tl::unexpected(hello.error());
  if (hello->without_events()) return {};
  BlobDecoder decoder;
  v1::EventBatch batch;
  // Sequences are positive, and stored as signed numbers.
  const auto sequence = [](std::uint64_t number) {
    return std::to_string(std::min(number, ~std::uint64_t{0} >> 1));
  };
  const std::string sql =
      "SELECT sequence, data, events, first_event, first_allocation, from_ns FROM event_blob WHERE sequence "
      "> " +
      sequence(range.afterSequence) + " AND sequence <= " + sequence(range.toSequence) +
      " ORDER BY sequence " + (range.isBackwards ? "DESC" : "ASC");
  return forEachRowUntil(m_database, sql,
                         [&](const Statement& row) -> Result<bool> {
                           if (row.as<std::uint64_t>("from_ns") > range.untilNs) return range.isBackwards;
                           if (auto decoded = decodeEvents(row, decoder, batch); !decoded)
                             return tl::unexpected(decoded.error());
                           if (batch.events() != row.as<std::uint64_t>("events") ||
                               batch.first_allocation() != row.as<std::uint64_t>("first_allocation") ||
                               batch.base_time_ns() != row.as<std::uint64_t>("from_ns"))
                             return failure(Code::Corrupt, "event batch",
                                            "it is not the one that its row tells of");
                           return take({.sequence = row.as<std::uint64_t>("sequence"),
                                        .firstEvent = row.as<std::uint64_t>("first_event")},
                                       batch);
                         })
      .map_error([&](Error error) { return inFile(std::move(error), m_database.file()); });
}

Result<std::optional<std::uint64_t>> SessionReader::eventsBeforeNext(std::uint64_t sequence) {
  const std::string after = std::to_string(static_cast<std::int64_t>(sequence));
  std::optional<std::uint64_t> events;
  return forEachRow(
             m_database,
             "SELECT events FROM (SELECT sequence, first_event AS events FROM event_blob WHERE sequence > " +
                 after + " UNION ALL SELECT sequence, events FROM checkpoint WHERE sequence > " + after +
                 ") ORDER BY sequence LIMIT 1",
             [&](const Statement& row) -> Result<void> {
               events = row.as<std::uint64_t>("events");
               return {};
             })
      .map([&] { return events; })
      .map_error([&](Error error) { return inFile(std::move(error), m_database.file()); });
}

Result<StoredSession> SessionReader::loadAll(Use use, const ReadControl& control) {
  // What is wrong with a damaged file is said by the reading itself.
  m_database.follow(control, bytesToRead(m_database).value_or(0));
  auto progress = loadProgress(m_database);
  if (!progress) return tl::unexpected(progress.error());
  auto hello = loadHello(m_database);
  if (!hello) return tl::unexpected(hello.error());
  const auto eventBytes = hello->without_events() ? Result<std::uint64_t>(0) : storedEventBytes(m_database);
  if (!eventBytes) return tl::unexpected(eventBytes.error());
  progress->storedEventBytes = *eventBytes;
  auto builder = ingest::RecordBuilder::begin(*hello, use);
  if (!builder) return tl::unexpected(builder.error());
  return loadTables(m_database, *builder).and_then([&] { return loadEnding(m_database, *builder); }).map([&] {
    return StoredSession{.builder = std::move(*builder), .progress = *progress};
  });
}

}  // namespace heaptap::store
