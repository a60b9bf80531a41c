// SPDX-License-Identifier: Apache-2.0
#include "collector/store/session_reader.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "collector/ingest/counters_check.h"
#include "collector/ingest/hello_reader.h"
#include "collector/ingest/limits.h"
#include "collector/store/rows.h"
#include "collector/store/schema.h"
#include "collector/store/stored_chunks.h"
#include "collector/store/stored_hello.h"
#include "collector/store/stored_rows.h"
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
        if (progress)
          return newerSchema(database).map([&](std::optional<std::string> newer) {
            progress->newerFormat = std::move(newer);
            return *progress;
          });
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
          "coalesce((SELECT to_ns FROM event_blob "
          "WHERE sequence <= " +
          std::string(kLastStored) + " ORDER BY sequence DESC LIMIT 1), 0))")
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
          "coalesce((SELECT sequence FROM timeline_blob), 0)) - "
          "(SELECT coalesce(sum(length(data)), 0) FROM keyframe)")
      .map([](std::int64_t bytes) { return static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 1)); });
}

}  // namespace

Result<OpenedFile> SessionReader::openFile(const std::filesystem::path& file) {
  return OpenedFile::open(file).map_error([&](Error error) {
    // SQLite has one code for "not ours" and "cannot be read".
    if (error.code == Code::NotASession) error.what = "not a heaptap session";
    return inFile(std::move(error), file);
  });
}

Result<SessionReader> SessionReader::open(const std::filesystem::path& file) {
  return openFile(file).map([](OpenedFile opened) { return SessionReader(std::move(opened)); });
}

Result<SessionReader> SessionReader::within(Database borrowed) {
  return checkSchema(borrowed)
      .map_error([&](Error error) { return inFile(std::move(error), borrowed.file()); })
      .map([&] {
        SessionReader reader(OpenedFile::over(std::move(borrowed)));
        reader.m_isFrozen = true;
        return reader;
      });
}

template <class Read>
auto SessionReader::inOneMoment(Read read) -> decltype(read()) {
  // One transaction, so that a collector which writes the file just now does not get in between.
  // What is read within is of the same one.
  const bool isWithin = std::exchange(m_isReading, true);
  auto result = isWithin || m_isFrozen ? read() : database().run("BEGIN").and_then(read);
  m_isReading = isWithin;
  if (!isWithin && !m_isFrozen) (void)database().run("ROLLBACK");
  return m_file.sameAfter(std::move(result)).map_error([&](Error error) {
    return inFile(std::move(error), database().file());
  });
}

Result<HeaderParts> SessionReader::headerParts() {
  return inOneMoment([&]() -> Result<HeaderParts> {
    auto hello = loadHello(database());
    if (!hello) return tl::unexpected(hello.error());
    auto goodbye = loadGoodbye(database());
    if (!goodbye) return tl::unexpected(goodbye.error());
    auto progress = loadProgress(database());
    if (!progress) return tl::unexpected(progress.error());
    const auto last = lastEventNs(database());
    if (!last) return tl::unexpected(last.error());
    return HeaderParts{.hello = std::move(*hello),
                       .goodbye = std::move(*goodbye),
                       .progress = *progress,
                       .lastEventNs = *last};
  });
}

Result<StoredHeader> SessionReader::header() {
  return headerParts().and_then(headerOf).map_error(
      [&](Error error) { return inFile(std::move(error), database().file()); });
}

Result<StoredHeader> headerOf(const HeaderParts& parts) {
  return ingest::readHello(parts.hello).and_then([&](model::Identity identity) -> Result<StoredHeader> {
    StoredHeader header{.identity = std::move(identity),
                        .ending = std::nullopt,
                        .progress = parts.progress,
                        .lastEventNs = parts.lastEventNs};
    if (!parts.goodbye) return header;
    const v1::Goodbye& goodbye = *parts.goodbye;
    if (!v1::Goodbye::End_IsValid(goodbye.end()) || goodbye.ended_ns() > ingest::kMaxTimeNs)
      return failure(Code::Corrupt, "goodbye", "an unknown end, or a time beyond 146 years");
    header.ending = model::Ending{.how = static_cast<model::Ending::How>(goodbye.end()),
                                  .status = goodbye.status(),
                                  .endedNs = goodbye.ended_ns()};
    const auto& unrecorded = goodbye.unrecorded();
    header.hasNextImage = header.ending->how == model::Ending::How::Exec &&
                          std::none_of(unrecorded.begin(), unrecorded.end(),
                                       [](const v1::UnrecordedProgram& each) { return each.in_place(); });
    return header;
  });
}

Result<std::vector<StoredInstant>> SessionReader::instants() {
  std::vector<StoredInstant> instants;
  const auto read = [&](const Statement& row) -> Result<void> {
    StoredInstant instant{.sequence = row.as<std::uint64_t>("sequence"),
                          .atNs = row.as<std::uint64_t>("last_event_ns"),
                          .events = row.as<std::uint64_t>("events"),
                          .numbered = row.as<std::uint64_t>("numbered")};
    if (!row.isNull("mark")) instant.mark = row.as<std::size_t>("mark");
    instants.push_back(instant);
    return {};
  };
  const std::string sql = storedRows("sequence, last_event_ns, events, numbered, mark", "checkpoint", "true");
  return inOneMoment([&] { return forEachRow(database(), sql, read); }).map([&] {
    return std::move(instants);
  });
}

Result<model::SessionCounters> SessionReader::countersAt(const StoredInstant& instant,
                                                         const model::DefinitionsView& definitions) {
  return inOneMoment([&] {
    return loadInstant(database(), instant.sequence)
        .and_then([&](model::SessionCounters counters) -> Result<model::SessionCounters> {
          if (auto checked = ingest::checkCounters(counters, definitions); !checked)
            return tl::unexpected(checked.error());
          if (counters.counts.totals.lastEventNs != instant.atNs ||
              model::eventsOf(counters.counts) != instant.events ||
              model::numberedBy(counters.counts) != instant.numbered)
            return failure(Code::Corrupt, "checkpoint", "it is not the one that its row tells of");
          return counters;
        });
  });
}

Result<StoredSession> SessionReader::load(Use use, const ReadControl& control) {
  return inOneMoment([&] { return loadAll(use, control); });
}

Result<void> SessionReader::freeze() {
  m_isFrozen = true;
  return database().run("BEGIN").map_error(
      [&](Error error) { return inFile(std::move(error), database().file()); });
}

Result<void> SessionReader::events(const std::function<Result<void>(const v1::EventBatch&)>& take) {
  return events({}, [&](const StoredBatch&, const v1::EventBatch& batch) {
    return take(batch).map([] { return true; });
  });
}

Result<void> SessionReader::events(
    const EventRange& range,
    const std::function<Result<bool>(const StoredBatch&, const v1::EventBatch&)>& take) {
  return inOneMoment([&] { return readEvents(range, take); });
}

Result<void> SessionReader::readEvents(
    const EventRange& range,
    const std::function<Result<bool>(const StoredBatch&, const v1::EventBatch&)>& take) {
  const auto hello = loadHello(database());
  if (!hello) return tl::unexpected(hello.error());
  if (hello->without_events()) return {};
  BlobDecoder decoder;
  v1::EventBatch batch;
  StoredChunks chunks(database());
  // Sequences are positive, and stored as signed numbers.
  const auto sequence = [](std::uint64_t number) {
    return std::to_string(std::min(number, ~std::uint64_t{0} >> 1));
  };
  const std::string sql = storedRows(
      "sequence, data, events, first_event, first_allocation, from_ns", "event_blob",
      "sequence > " + sequence(range.afterSequence) + " AND sequence <= " + sequence(range.toSequence),
      range.isBackwards);
  return forEachRowUntil(database(), sql, [&](const Statement& row) -> Result<bool> {
    if (row.as<std::uint64_t>("from_ns") > range.untilNs) return range.isBackwards;
    if (auto decoded = decodeEvents(row, decoder, batch); !decoded) return tl::unexpected(decoded.error());
    if (batch.events() != row.as<std::uint64_t>("events") ||
        batch.first_allocation() != row.as<std::uint64_t>("first_allocation") ||
        batch.base_time_ns() != row.as<std::uint64_t>("from_ns"))
      return failure(Code::Corrupt, "event batch", "it is not the one that its row tells of");
    return take({.sequence = row.as<std::uint64_t>("sequence"),
                 .firstEvent = row.as<std::uint64_t>("first_event"),
                 .chunks = &chunks},
                batch);
  });
}

Result<std::optional<std::uint64_t>> SessionReader::eventsBeforeNext(std::uint64_t sequence) {
  const std::string after = std::to_string(static_cast<std::int64_t>(sequence));
  const std::string sql =
      "SELECT events FROM (SELECT sequence, first_event AS events FROM event_blob WHERE sequence > " + after +
      " UNION ALL SELECT sequence, events FROM checkpoint WHERE sequence > " + after +
      ") ORDER BY sequence LIMIT 1";
  std::optional<std::uint64_t> events;
  const auto read = [&](const Statement& row) -> Result<void> {
    events = row.as<std::uint64_t>("events");
    return {};
  };
  return inOneMoment([&] { return forEachRow(database(), sql, read); }).map([&] { return events; });
}

Result<std::vector<BatchPlace>> SessionReader::batches() {
  std::vector<BatchPlace> batches;
  const auto read = [&](const Statement& row) -> Result<void> {
    const BatchPlace batch{.sequence = row.as<std::uint64_t>("sequence"),
                           .firstAllocation = row.as<std::uint64_t>("first_allocation"),
                           .firstEvent = row.as<std::uint64_t>("first_event"),
                           .events = row.as<std::uint64_t>("events"),
                           .fromNs = row.as<std::uint64_t>("from_ns"),
                           .toNs = row.as<std::uint64_t>("to_ns")};
    const bool isAfter =
        batches.empty() || (batch.firstEvent >= batches.back().firstEvent + batches.back().events &&
                            batch.fromNs >= batches.back().toNs);
    if (!isAfter || batch.toNs < batch.fromNs || batch.events > ~std::uint64_t{0} - batch.firstEvent)
      return failure(Code::Corrupt, "event batch", "its row does not come after the one before");
    batches.push_back(batch);
    return {};
  };
  return inOneMoment([&] {
           return forEachRow(
               database(),
               storedRows("sequence, first_allocation, first_event, events, from_ns, to_ns", "event_blob"),
               read);
         })
      .map([&] { return std::move(batches); });
}

Result<std::vector<SpanPlace>> SessionReader::spans() {
  return inOneMoment([&] { return findSpans(database()); });
}

Result<const counting::SpanSums*> SessionReader::sumsOf(const SpanPlace& place,
                                                        const model::DefinitionsView& definitions) {
  return inOneMoment([&]() -> Result<const counting::SpanSums*> {
    if (!m_spanReader) {
      auto prepared = SpanReader::prepare(database());
      if (!prepared) return tl::unexpected(prepared.error());
      m_spanReader.emplace(std::move(*prepared));
    }
    return m_spanReader->read(place, definitions.pairs.size(), definitions.threads.size());
  });
}

Result<std::vector<KeyframePlace>> SessionReader::keyframes() {
  return inOneMoment([&] { return findKeyframes(database()); });
}

Result<std::vector<model::LiveBlock>> SessionReader::blocksOf(const KeyframePlace& keyframe,
                                                              std::size_t pairs) {
  std::vector<model::LiveBlock> blocks;
  // Each part is bounded before it is decoded; what the rows say of all is not believed.
  const auto add = [&](std::span<const model::LiveBlock> part) -> Result<void> {
    blocks.insert(blocks.end(), part.begin(), part.end());
    return {};
  };
  return inOneMoment([&] {
           return loadHello(database()).and_then([&](const v1::Hello& hello) {
             return readKeyframe(database(), keyframe, pairs, std::max(hello.time_unit_ns(), 1U), add);
           });
         })
      .map([&] { return std::move(blocks); });
}

Result<std::optional<AskableInstants>> SessionReader::askableInstants(Asked asked) {
  using Answer = std::optional<AskableInstants>;
  return inOneMoment([&]() -> Result<Answer> {
    return loadHello(database()).and_then([&](const v1::Hello& hello) -> Result<Answer> {
      if (hello.without_events()) return Answer();
      return findAskableInstants(database(), asked);
    });
  });
}

Result<StoredSession> SessionReader::loadAll(Use use, const ReadControl& control) {
  // What is wrong with a damaged file is said by the reading itself.
  database().follow(control, bytesToRead(database()).value_or(0));
  auto progress = loadProgress(database());
  if (!progress) return tl::unexpected(progress.error());
  auto hello = loadHello(database());
  if (!hello) return tl::unexpected(hello.error());
  const auto eventBytes = hello->without_events() ? Result<std::uint64_t>(0) : storedEventBytes(database());
  if (!eventBytes) return tl::unexpected(eventBytes.error());
  progress->storedEventBytes = *eventBytes;
  auto builder = ingest::RecordBuilder::begin(*hello, use);
  if (!builder) return tl::unexpected(builder.error());
  return loadTables(database(), *builder).and_then([&] { return loadEnding(database(), *builder); }).map([&] {
    return StoredSession{.builder = std::move(*builder), .progress = *progress};
  });
}

}  // namespace heaptap::store
