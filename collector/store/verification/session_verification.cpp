// SPDX-License-Identifier: Apache-2.0
#include "collector/store/verification/session_verification.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "collector/ingest/batch_decoder.h"
#include "collector/ingest/limits.h"
#include "collector/store/session_reader.h"
#include "collector/store/verification/keyframe_verification.h"
#include "collector/store/verification/span_verification.h"

namespace heaptap::store {
namespace {

std::string quantity(std::uint64_t count, const char* what) { return std::to_string(count) + " " + what; }

/// Variances are sums of fractions, which depend in their last digits on where a collector began anew.
bool areSame(const counting::Timeline& a, const counting::Timeline& b) {
  if (a.bucketNs() != b.bucketNs() || a.buckets().size() != b.buckets().size()) return false;
  double largest = 0;
  for (const counting::Timeline::Bucket& bucket : a.buckets())
    largest = std::max(largest, bucket.liveVariance);
  for (std::size_t i = 0; i < a.buckets().size(); ++i) {
    counting::Timeline::Bucket of = b.buckets()[i];
    const double variance = a.buckets()[i].liveVariance;
    if (std::abs(of.liveVariance - variance) > 1e-6 * largest) return false;
    of.liveVariance = variance;
    if (of != a.buckets()[i]) return false;
  }
  return true;
}

/// Notes what differs between stored numbers and those of a replay.
class Comparison {
 public:
  explicit Comparison(Verification& verification) : m_verification(verification) {}
  /// Of an instant: "the end", "the snapshot NAME". All but the timeline.
  void compare(const std::string& instant, const model::SessionCounters& stored,
               const model::SessionCounters& replayed) {
    m_instant = instant;
    const model::Totals& total = stored.counts.totals;
    const model::Totals& found = replayed.counts.totals;
    compareTotals("malloc's heap", total, found);
    number("malloc's heap, temporary allocations", total.temporaries, found.temporaries);
    number("time of the last event, ns", total.lastEventNs, found.lastEventNs);
    const std::size_t heaps = std::max(stored.counts.heaps.size(), replayed.counts.heaps.size());
    for (std::size_t i = 0; i < heaps; ++i)
      compareTotals("heap " + std::to_string(i + 1), at(stored.counts.heaps, i),
                    at(replayed.counts.heaps, i));
    const std::size_t pairs = std::max(stored.counts.pairs.size(), replayed.counts.pairs.size());
    for (std::size_t i = 0; i < pairs; ++i)
      comparePair(i, at(stored.counts.pairs, i), at(replayed.counts.pairs, i));
    for (std::size_t i = 0; i < stored.lifetimes.size(); ++i)
      number("frees after 2^" + std::to_string(i) + " ns", stored.lifetimes[i], replayed.lifetimes[i]);
    same("the stacks of frees", stored.counts.freeSites == replayed.counts.freeSites);
    same("what is left of the samples' weights", stored.rests == replayed.rests);
    std::vector<std::uint64_t> last = stored.lastAllocations;
    last.resize(replayed.lastAllocations.size(), model::kNoAllocation);
    same("the last allocations of threads", last == replayed.lastAllocations);
  }

  void compareTimeline(const counting::Timeline& stored, const counting::Timeline& replayed) {
    m_instant = "the end";
    same("the timeline", areSame(stored, replayed));
  }

  void note(std::string difference) {
    if (m_verification.differences.size() < Verification::kMostDifferences)
      m_verification.differences.push_back(std::move(difference));
    else
      ++m_more;
  }
  void finish() {
    if (m_more != 0) m_verification.differences.push_back("and " + quantity(m_more, "more differences"));
  }

 private:
  template <class Entry>
  static Entry at(const std::vector<Entry>& entries, std::size_t position) {
    return position < entries.size() ? entries[position] : Entry{};
  }
  void number(const std::string& what, std::uint64_t stored, std::uint64_t replayed) {
    if (stored != replayed)
      note(m_instant + ": " + what + ": " + std::to_string(stored) + " stored, " + std::to_string(replayed) +
           " by the events");
  }
  void same(const std::string& what, bool isSame) {
    if (!isSame) note(m_instant + ": " + what + ": not as by the events");
  }
  template <class Totals>
  void compareTotals(const std::string& heap, const Totals& stored, const Totals& replayed) {
    number(heap + ", allocations", stored.allocations, replayed.allocations);
    number(heap + ", frees", stored.frees, replayed.frees);
    number(heap + ", allocated bytes", stored.allocatedBytes, replayed.allocatedBytes);
    number(heap + ", live bytes", stored.liveBytes, replayed.liveBytes);
    number(heap + ", bytes at the peak", stored.peakBytes, replayed.peakBytes);
    number(heap + ", time of the peak, ns", stored.peakAtNs, replayed.peakAtNs);
  }
  void comparePair(std::size_t pair, const model::PairCounters& stored, const model::PairCounters& replayed) {
    if (stored == replayed) return;
    const std::string name = "pair " + std::to_string(pair);
    number(name + ", allocations", stored.allocations, replayed.allocations);
    number(name + ", live blocks", stored.live, replayed.live);
    number(name + ", live blocks at the peak", stored.liveAtPeak, replayed.liveAtPeak);
    number(name + ", temporary allocations", stored.temporaries, replayed.temporaries);
  }

  Verification& m_verification;
  std::string m_instant;
  std::uint64_t m_more = 0;
};

/// Counts the events one by one, and compares at the moments of checkpoints.
class Replay {
 public:
  Replay(SessionReader& reader, const model::SessionRecord& record, Comparison& comparison,
         Verification& verification)
      : m_reader(reader),
        m_record(record),
        m_comparison(comparison),
        m_verification(verification),
        m_decoder(record.identity.timeUnitNs) {
    const model::DefinitionsView& known = record.definitions.now();
    while (m_model.threads() < known.threads.size()) m_model.addThread();
    while (m_model.heaps() < known.heaps()) m_model.addHeap();
    while (m_model.pairs() < known.pairs.size()) m_model.addPair(known.pairs[m_model.pairs()]);
  }

  /// Precondition: comes first.
  Result<void> begin() {
    return m_reader.instants().map([this](std::vector<StoredInstant> instants) {
      m_instants = std::move(instants);
      // The numbers of the end are made of the newest.
      if (!m_instants.empty() && !m_instants.back().mark) m_instants.pop_back();
    });
  }
  Result<void> apply(const v1::EventBatch& batch) {
    return compareInstants(false)
        .and_then([&] { return m_decoder.apply(batch, m_record.definitions.now().stacks.size(), m_model); })
        .map([&] {
          m_verification.events += batch.events();
          ++m_verification.batches;
        });
  }
  /// Whether the numbers of each instant agree with each other, where there is nothing else to compare with.
  Result<void> checkInstants() {
    for (; m_at < m_instants.size(); ++m_at)
      if (auto read = readInstant(); !read) return tl::unexpected(read.error());
    return {};
  }
  Result<void> finish(const model::SessionCounters& stored) {
    return compareInstants(true).map([&] {
      const model::SessionCounters replayed = m_model.counters();
      m_comparison.compare("the end", stored, replayed);
      m_comparison.compareTimeline(stored.timeline, replayed.timeline);
    });
  }

 private:
  /// Those of this moment. `isEnd`: there is no later one.
  Result<void> compareInstants(bool isEnd) {
    for (; m_at < m_instants.size(); ++m_at, m_stored.reset()) {
      if (!m_stored) {
        auto read = readInstant();
        if (!read) return tl::unexpected(read.error());
        m_stored = std::move(*read);
      }
      const std::uint64_t then = m_instants[m_at].events;
      if (then > m_verification.events && !isEnd) return {};
      if (then != m_verification.events)
        m_comparison.note(nameOf(m_instants[m_at]) + ": " + quantity(then, "events") +
                          ": not between two batches");
      else
        m_comparison.compare(nameOf(m_instants[m_at]), *m_stored, m_model.counters());
    }
    return {};
  }
  /// That of m_at, with numbers that agree.
  Result<model::SessionCounters> readInstant() {
    const StoredInstant& instant = m_instants[m_at];
    return m_reader.countersAt(instant, m_record.definitions.now()).map([&](model::SessionCounters counters) {
      ++(instant.mark ? m_verification.snapshots : m_verification.checkpoints);
      return counters;
    });
  }
  [[nodiscard]] std::string nameOf(const StoredInstant& instant) const {
    if (instant.mark && *instant.mark < m_record.marks.size())
      return "the snapshot " + m_record.marks[*instant.mark].name;
    return "the checkpoint of message " + std::to_string(instant.sequence);
  }
  SessionReader& m_reader;
  const model::SessionRecord& m_record;
  Comparison& m_comparison;
  Verification& m_verification;
  ingest::BatchDecoder m_decoder;
  model::SessionModel m_model;
  std::vector<StoredInstant> m_instants;
  std::size_t m_at = 0;
  std::optional<model::SessionCounters> m_stored;  ///< Of m_at.
};

/// Where events are missing: each batch for itself.
class LoneBatches {
 public:
  explicit LoneBatches(const model::SessionRecord& record, Verification& verification)
      : m_record(record), m_verification(verification) {}

  Result<void> apply(const v1::EventBatch& batch) {
    const model::DefinitionsView& known = m_record.definitions.now();
    if (batch.first_allocation() < m_nextNumber || batch.base_time_ns() < m_lastNs ||
        batch.base_time_ns() > ingest::kMaxTimeNs)
      return failure(Code::Corrupt, "event batch", "it begins before the end of the one before");
    const std::uint32_t unit = m_record.identity.timeUnitNs;
    return m_columns
        .read(batch, {.timeUnits = (ingest::kMaxTimeNs - batch.base_time_ns()) / unit,
                      .timeUnitNs = unit,
                      .threads = known.threads.size(),
                      .pairs = known.pairs.size(),
                      .stacks = known.stacks.size()})
        .map([&] {
          m_nextNumber = batch.first_allocation() + m_columns.pairs().size();
          m_lastNs = batch.base_time_ns();
          for (const std::uint64_t units : m_columns.times()) m_lastNs += units * unit;
          m_verification.events += batch.events();
          ++m_verification.batches;
        });
  }

 private:
  const model::SessionRecord& m_record;
  Verification& m_verification;
  ingest::BatchColumns m_columns;
  std::uint64_t m_nextNumber = 0;
  std::uint64_t m_lastNs = 0;
};

}  // namespace

Result<Verification> verifySession(const std::filesystem::path& file,
                                   const std::function<bool()>& isStopped) {
  auto reader = SessionReader::open(file);
  if (!reader) return tl::unexpected(reader.error());
  auto stored = reader->freeze().and_then([&] { return reader->load(SessionReader::Use::Look); });
  if (!stored) return tl::unexpected(stored.error());
  const model::SessionCounters counters = stored->builder.takeCounters();
  const model::SessionRecord& record = stored->builder.record();
  Verification verification;
  verification.eventsNotStored = stored->progress.eventsNotStored;
  verification.isImported = record.identity.agentVersion.starts_with("imported from ");
  verification.isWithoutEvents = record.identity.withoutEvents;
  const bool canCompare =
      verification.eventsNotStored == 0 && !verification.isImported && !verification.isWithoutEvents;
  Comparison comparison(verification);
  Replay replay(*reader, record, comparison, verification);
  LoneBatches loneBatches(record, verification);
  if (auto begun = replay.begin(); !begun) return tl::unexpected(begun.error());
  auto keyframes = KeyframeVerification::begin(
      *reader, record, [&](std::string difference) { comparison.note(std::move(difference)); });
  if (!keyframes) return tl::unexpected(keyframes.error());
  auto spans = SpanVerification::begin(
      *reader, record, [&](std::string difference) { comparison.note(std::move(difference)); });
  if (!spans) return tl::unexpected(spans.error());
  auto read = reader->events({}, [&](const StoredBatch& where, const v1::EventBatch& batch) -> Result<bool> {
    if (isStopped()) return failure(Code::Unavailable, file.string(), "stopped");
    if (canCompare && where.firstEvent != verification.events)
      return failure(Code::Corrupt, file.string(), "event batch: its row tells of other events before it");
    return keyframes->apply(where, batch)
        .and_then([&] { return canCompare ? replay.apply(batch) : loneBatches.apply(batch); })
        .and_then([&] { return spans->apply(where, batch); })
        .map([] { return true; });
  });
  if (read) read = keyframes->finish();
  if (read) read = canCompare ? replay.finish(counters) : replay.checkInstants();
  if (!read) return tl::unexpected(read.error());
  comparison.finish();
  verification.keyframes = keyframes->compared();
  verification.spans = spans->compared();
  return verification;
}

}  // namespace heaptap::store
