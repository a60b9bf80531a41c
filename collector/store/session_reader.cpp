// SPDX-License-Identifier: Apache-2.0
#include "collector/store/session_reader.h"

#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "collector/ingest/hello_reader.h"
#include "collector/store/schema.h"
#include "collector/store/stored_hello.h"
#include "collector/store/stored_tables.h"

namespace heaptap::store {
namespace {

/// The same error, told about the file.
Error inFile(Error error, const std::filesystem::path& file) {
  if (error.where != file.string()) {
    if (!error.where.empty()) error.what = error.where + ": " + error.what;
    error.where = file.string();
  }
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
  auto rows = database.prepare(
      "SELECT last_sequence, finished, events_not_stored, "
      "(SELECT coalesce(sum(length(data)), 0) FROM event_blob), collector_cpu_ns FROM recording");
  if (!rows) return tl::unexpected(rows.error());
  const auto row = rows->next();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return failure(Code::Corrupt, database.file().string(), "the table recording is empty");
  return StoredProgress{
      .lastSequence = rows->as<std::uint64_t>(0),
      .finished = rows->integer(1) != 0,
      .eventsNotStored = rows->as<std::uint64_t>(2),
      .storedEventBytes = rows->as<std::uint64_t>(3),
      .collectorCpuNs = rows->isNull(4) ? std::nullopt : std::optional(rows->as<std::uint64_t>(4))};
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
    const auto last = m_database.number(
        "SELECT max(coalesce((SELECT last_event_ns FROM checkpoint), 0), "
        "coalesce((SELECT max(to_ns) FROM event_blob), 0))");
    if (!last) return tl::unexpected(last.error());
    return StoredHeader{.identity = builder->record().identity,
                        .ending = builder->record().ending,
                        .progress = *progress,
                        .lastEventNs = static_cast<std::uint64_t>(*last)};
  };
  return read().map_error([&](Error error) { return inFile(std::move(error), m_database.file()); });
}

Result<model::SessionCounters> SessionReader::snapshot(std::size_t mark) {
  return loadSnapshot(m_database, mark).map_error([&](Error error) {
    return inFile(std::move(error), m_database.file());
  });
}

Result<StoredSession> SessionReader::load(Use use) {
  // One transaction, so that a collector which writes the file just now does not get in between.
  auto loaded = m_database.run("BEGIN").and_then([&] { return loadAll(use); });
  (void)m_database.run("ROLLBACK");
  return std::move(loaded).map_error(
      [&](Error error) { return inFile(std::move(error), m_database.file()); });
}

Result<StoredSession> SessionReader::loadAll(Use use) {
  auto progress = loadProgress(m_database);
  if (!progress) return tl::unexpected(progress.error());
  auto hello = loadHello(m_database);
  if (!hello) return tl::unexpected(hello.error());
  auto builder = ingest::RecordBuilder::begin(*hello, use);
  if (!builder) return tl::unexpected(builder.error());
  return loadTables(m_database, *builder).and_then([&] { return loadEnding(m_database, *builder); }).map([&] {
    return StoredSession{.builder = std::move(*builder), .progress = *progress};
  });
}

}  // namespace heaptap::store
