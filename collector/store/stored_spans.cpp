// SPDX-License-Identifier: Apache-2.0
#include "collector/store/stored_spans.h"

#include <string>
#include <utility>

#include "collector/ingest/ascending_ids.h"
#include "collector/store/rows.h"
#include "collector/store/stored_rows.h"

namespace heaptap::store {
namespace {

using counting::BatchSums;
using counting::SpanSums;

tl::unexpected<Error> damagedSpan(const char* what) { return failure(Code::Corrupt, "sums of a span", what); }

/// What a span takes when all of its entries are as large as they can be; SpanBuilder makes none with more
/// entries.
constexpr std::size_t kMostPlainBytes = std::size_t{1} << 28;

v1::SpanSums toMessage(const counting::Span& span) {
  v1::SpanSums message;
  std::uint32_t before = 0;
  bool hasTemporaries = false;
  auto allocator = span.sums.allocators.begin();
  for (const SpanSums::OfPair& of : span.sums.pairs) {
    message.add_pair(of.pair - std::exchange(before, of.pair));
    message.add_frees(of.frees);
    message.add_threads(of.threads);
    hasTemporaries |= of.temporaries != 0;
    std::uint32_t thread = 0;
    for (std::uint32_t i = 0; i < of.threads; ++i, ++allocator) {
      message.add_allocator(allocator->thread - std::exchange(thread, allocator->thread));
      message.add_allocations(allocator->allocations);
    }
  }
  if (hasTemporaries)
    for (const SpanSums::OfPair& of : span.sums.pairs) message.add_temporaries(of.temporaries);
  before = 0;
  for (const BatchSums::LastAllocation& last : span.sums.threads) {
    message.add_thread(last.thread - std::exchange(before, last.thread));
    message.add_last_allocation(last.number - span.firstAllocation);
  }
  return message;
}

/// Events, none of which may be one too many.
class EventsLeft {
 public:
  explicit EventsLeft(std::uint64_t events) : m_left(events) {}
  bool take(std::uint64_t events) {
    if (events > m_left) return false;
    m_left -= events;
    return true;
  }
  [[nodiscard]] std::uint64_t left() const { return m_left; }

 private:
  std::uint64_t m_left;
};

Result<void> readSpanPairs(const v1::SpanSums& message, const SpanPlace& place, std::size_t pairs,
                           std::size_t threads, SpanSums& sums) {
  const int count = message.pair_size();
  const bool hasTemporaries = message.temporaries_size() != 0;
  if (message.frees_size() != count || message.threads_size() != count ||
      (hasTemporaries && message.temporaries_size() != count) ||
      message.allocations_size() != message.allocator_size())
    return damagedSpan("the columns of the pairs differ in length");
  ingest::AscendingIds pairIds(pairs);
  EventsLeft events(place.events);
  int at = 0;
  sums.pairs.reserve(static_cast<std::size_t>(count));
  sums.allocators.reserve(static_cast<std::size_t>(message.allocator_size()));
  for (int i = 0; i < count; ++i) {
    std::uint64_t pair = 0;
    if (!pairIds.next(message.pair(i), pair))
      return damagedSpan("a pair that is not defined, or comes twice");
    const SpanSums::OfPair of{.pair = static_cast<std::uint32_t>(pair),
                              .threads = message.threads(i),
                              .frees = message.frees(i),
                              .temporaries = hasTemporaries ? message.temporaries(i) : 0};
    if (of.temporaries > of.frees) return damagedSpan("more temporary blocks than were freed");
    if (!events.take(of.frees)) return damagedSpan("more events than the span has");
    if (of.threads > static_cast<std::uint32_t>(message.allocator_size() - at))
      return damagedSpan("threads of a pair are missing");
    ingest::AscendingIds threadIds(threads);
    for (std::uint32_t j = 0; j < of.threads; ++j, ++at) {
      std::uint64_t thread = 0;
      if (!threadIds.next(message.allocator(at), thread))
        return damagedSpan("a thread that is not defined, or comes twice");
      if (message.allocations(at) == 0 || !events.take(message.allocations(at)))
        return damagedSpan("more events than the span has");
      sums.allocators.push_back(
          {.thread = static_cast<std::uint32_t>(thread), .allocations = message.allocations(at)});
    }
    sums.pairs.push_back(of);
  }
  if (at != message.allocator_size()) return damagedSpan("more threads than pairs");
  if (events.left() != 0) return damagedSpan("fewer events than the span has");
  return {};
}

Result<void> readSpanThreads(const v1::SpanSums& message, const SpanPlace& place, std::size_t threads,
                             SpanSums& sums) {
  if (message.last_allocation_size() != message.thread_size())
    return damagedSpan("the columns of the threads differ in length");
  std::uint64_t allocations = 0;
  for (const SpanSums::Allocator& each : sums.allocators) allocations += each.allocations;
  ingest::AscendingIds ids(threads);
  for (int i = 0; i < message.thread_size(); ++i) {
    std::uint64_t thread = 0;
    if (!ids.next(message.thread(i), thread))
      return damagedSpan("a thread that is not defined, or comes twice");
    if (message.last_allocation(i) >= allocations)
      return damagedSpan("a last allocation that was never made");
    sums.threads.push_back({.thread = static_cast<std::uint32_t>(thread),
                            .number = place.firstAllocation + message.last_allocation(i)});
  }
  return {};
}

}  // namespace

Result<SpanBlob> encodeSpan(const counting::Span& span, BlobEncoder& encoder) {
  return encoder.encodeColumns(toMessage(span)).map([&](std::string data) {
    return SpanBlob{.level = span.level,
                    .firstEvent = span.firstEvent,
                    .firstAllocation = span.firstAllocation,
                    .events = span.events,
                    .fromNs = span.fromNs,
                    .toNs = span.toNs,
                    .entries = span.sums.entries(),
                    .data = std::move(data)};
  });
}

Result<std::vector<SpanPlace>> findSpans(Database& database) {
  std::vector<SpanPlace> places;
  const auto tables =
      database.number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'span'");
  if (!tables) return tl::unexpected(tables.error());
  if (*tables == 0) return places;
  const auto read = [&](const Statement& row) -> Result<void> {
    places.push_back({.sequence = row.as<std::uint64_t>("sequence"),
                      .level = row.as<std::uint32_t>("level"),
                      .firstEvent = row.as<std::uint64_t>("first_event"),
                      .firstAllocation = row.as<std::uint64_t>("first_allocation"),
                      .events = row.as<std::uint64_t>("events"),
                      .fromNs = row.as<std::uint64_t>("from_ns"),
                      .toNs = row.as<std::uint64_t>("to_ns"),
                      .entries = row.as<std::uint64_t>("entries")});
    return {};
  };
  return forEachRow(
             database,
             storedRows("sequence, level, first_event, first_allocation, events, from_ns, to_ns, entries",
                        "span"),
             read)
      .map([&] { return std::move(places); });
}

Result<SpanReader> SpanReader::prepare(Database& database) {
  return database.prepare("SELECT data FROM span WHERE sequence = :sequence AND level = :level LIMIT 1")
      .map([](Statement row) {
        SpanReader reader;
        reader.m_row = std::move(row);
        return reader;
      });
}

Result<const SpanSums*> SpanReader::read(const SpanPlace& place, std::size_t pairs, std::size_t threads) {
  m_row.start(Named{"sequence", place.sequence}, Named{"level", place.level});
  const auto row = m_row.next();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return damagedSpan("they are not where their row is");
  m_sums.pairs.clear();
  m_sums.allocators.clear();
  m_sums.threads.clear();
  const auto decoded = m_decoder.decode(m_row.text("data"), m_message, kMostPlainBytes);
  // To the end of the rows: else the file stays locked.
  if (const auto end = m_row.next(); !end) return tl::unexpected(end.error());
  if (!decoded) return tl::unexpected(decoded.error());
  return readSpanPairs(m_message, place, pairs, threads, m_sums)
      .and_then([&] { return readSpanThreads(m_message, place, threads, m_sums); })
      .map([&]() -> const SpanSums* { return &m_sums; });
}

}  // namespace heaptap::store
