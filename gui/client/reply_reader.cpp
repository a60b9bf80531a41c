// SPDX-License-Identifier: Apache-2.0
#include "gui/client/reply_reader.h"

#include <QHash>
#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>

namespace heaptap::gui {
namespace {

constexpr int kMostBuckets = 1 << 20;
constexpr std::size_t kMostSites = 1 << 20;
constexpr int kMostLinesOfASite = 1 << 14;
constexpr std::size_t kMostLines = 1 << 22;
constexpr int kMostSizes = 256;
constexpr std::size_t kMostNotes = 100;
constexpr qsizetype kMostTextBytes = 16'384;

/// Texts beyond any sensible name are cut: they would have to be laid out as one line.
QString text(const std::string& utf8) {
  if (static_cast<qsizetype>(utf8.size()) > kMostTextBytes)
    return QString::fromUtf8(utf8.data(), kMostTextBytes) + QStringLiteral("…");
  return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

SessionState readState(v1::SessionState state) {
  switch (state) {
    case v1::SESSION_LIVE: return SessionState::Live;
    case v1::SESSION_COMPLETE: return SessionState::Complete;
    case v1::SESSION_CUT_SHORT: return SessionState::CutShort;
    default: return SessionState::Unknown;
  }
}

tl::unexpected<Error> corrupt(std::string what) {
  return failure(Code::Corrupt, "collector", std::move(what), "is it a heaptap collector of this version?");
}

}  // namespace

Session readSession(const v1::SessionInfo& info) {
  Session session;
  session.id = text(info.id());
  for (const std::string& word : info.command()) session.command.append(text(word));
  session.pid = info.pid();
  session.startedAtUnixNs = info.started_at_unix_ns();
  if (info.has_duration_ns()) session.durationNs = info.duration_ns();
  session.state = readState(info.state());
  session.file = text(info.file());
  session.parentId = text(info.parent_id());
  session.image = info.image();
  return session;
}

Summary readSummary(const v1::Summary& reply) {
  Summary summary;
  summary.session = readSession(reply.info());
  summary.end = text(reply.end());
  summary.liveAtEnd = reply.live_at_end();
  summary.host = text(reply.host());
  summary.executable = text(reply.executable());
  summary.workingDirectory = text(reply.working_directory());
  summary.threads = reply.threads();
  summary.allocations = reply.allocations();
  summary.frees = reply.frees();
  summary.allocatedBytes = reply.allocated_bytes();
  summary.peakBytes = reply.peak_bytes();
  summary.peakAtNs = reply.peak_at_ns();
  summary.liveBlocks = reply.live_blocks();
  summary.liveBytes = reply.live_bytes();
  summary.temporaries = reply.temporary_allocations();
  summary.unmatchedFrees = reply.unmatched_frees();
  summary.unrecordedFrees = reply.unrecorded_frees();
  summary.lostFrees = reply.lost_frees();
  summary.droppedAllocations = reply.dropped_allocations();
  summary.droppedBytes = reply.dropped_bytes();
  summary.droppedFrees = reply.dropped_frees();
  summary.eventsNotStored = reply.events_not_stored();
  if (reply.has_target_max_rss_bytes()) summary.residentBytes = reply.target_max_rss_bytes();
  for (const std::string& note : reply.notes()) {
    if (static_cast<std::size_t>(summary.notes.size()) == kMostNotes) break;
    summary.notes.append(text(note).simplified());
  }
  return summary;
}

LiveStatus readStatus(const v1::Status& reply) {
  LiveStatus status;
  status.session = readSession(reply.info());
  status.atNs = reply.at_ns();
  status.liveBytes = reply.live_bytes();
  status.liveBlocks = reply.live_blocks();
  status.peakBytes = reply.peak_bytes();
  status.allocations = reply.allocations();
  status.droppedEvents = reply.dropped_events();
  return status;
}

Result<Timeline> readTimeline(const v1::Timeline& reply) {
  const int buckets = reply.live_bytes_size();
  if (reply.max_live_bytes_size() != buckets || reply.allocations_size() != buckets ||
      reply.frees_size() != buckets)
    return corrupt("a timeline whose columns differ in length");
  if (buckets > kMostBuckets) return corrupt("a timeline of " + std::to_string(buckets) + " buckets");
  constexpr std::uint64_t kLongestNs = std::numeric_limits<std::int64_t>::max();
  if (buckets > 0 &&
      (reply.bucket_ns() == 0 || reply.bucket_ns() > kLongestNs / static_cast<std::uint64_t>(buckets)))
    return corrupt("a timeline with buckets of " + std::to_string(reply.bucket_ns()) + " ns");
  Timeline timeline;
  timeline.bucketNs = reply.bucket_ns();
  timeline.buckets.reserve(static_cast<std::size_t>(buckets));
  for (int i = 0; i < buckets; ++i)
    timeline.buckets.push_back({.maxLiveBytes = reply.max_live_bytes(i),
                                .liveBytes = reply.live_bytes(i),
                                .allocations = reply.allocations(i),
                                .frees = reply.frees(i)});
  return timeline;
}

/// Gives equal lines one position and equal texts one QString: thousands of stacks end in the same `main`.
class SitesReader::LinePool {
 public:
  explicit LinePool(std::vector<StackLine>& lines) : m_lines(lines) {}

  quint32 positionOf(const v1::StackLine& line) {
    StackLine read{.function = shared(line.function()),
                   .file = shared(line.file()),
                   .line = line.line(),
                   .module = shared(line.module()),
                   .inlined = line.inlined(),
                   .guessed = line.guessed(),
                   .pc = line.pc()};
    const auto next = static_cast<quint32>(m_lines.size());
    const auto [found, isNew] =
        m_positions.try_emplace(Key{read.pc, read.module.constData(), read.function.constData(),
                                    read.file.constData(), read.line, read.inlined, read.guessed},
                                next);
    if (isNew) m_lines.push_back(std::move(read));
    return found->second;
  }

 private:
  /// Equal texts are one text here, so that their addresses identify them.
  struct Key {
    quint64 pc;
    const QChar* module;
    const QChar* function;
    const QChar* file;
    quint32 line;
    bool inlined;
    bool guessed;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return qHashMulti(0, key.pc, key.module, key.function, key.file, key.line, key.inlined);
    }
  };

  QString shared(const std::string& utf8) {
    if (utf8.empty()) return {};
    const auto [found, isNew] = m_texts.try_emplace(utf8);
    if (isNew) found->second = text(utf8);
    return found->second;
  }

  std::vector<StackLine>& m_lines;
  std::unordered_map<Key, quint32, KeyHash> m_positions;
  std::unordered_map<std::string, QString> m_texts;
};

SitesReader::SitesReader()
    : m_set(std::make_unique<SiteSet>()), m_pool(std::make_unique<LinePool>(m_set->lines)) {}
SitesReader::~SitesReader() = default;

Result<void> SitesReader::add(const v1::SitesReply& reply) {
  if (m_set->sites.size() + static_cast<std::size_t>(reply.sites_size()) > kMostSites)
    return corrupt("more than " + std::to_string(kMostSites) + " call sites");
  for (const v1::Site& read : reply.sites()) {
    if (read.lines_size() > kMostLinesOfASite || read.size_histogram_size() > kMostSizes)
      return corrupt("a call site of " + std::to_string(read.lines_size()) + " lines and " +
                     std::to_string(read.size_histogram_size()) + " ranges of sizes");
    Site site{.stack = read.stack(),
              .allocations = read.allocations(),
              .frees = read.frees(),
              .allocatedBytes = read.allocated_bytes(),
              .liveBlocks = read.live_blocks(),
              .liveBytes = read.live_bytes(),
              .peakBytes = read.peak_bytes(),
              .temporaries = read.temporaries(),
              .sizes = {},
              .lines = {},
              .function = {},
              .location = {}};
    for (const v1::SizeBucket& bucket : read.size_histogram())
      site.sizes.push_back({.minBytes = bucket.min_bytes(),
                            .maxBytes = bucket.max_bytes(),
                            .allocations = bucket.allocations(),
                            .liveBlocks = bucket.live_blocks()});
    site.lines.reserve(static_cast<std::size_t>(read.lines_size()));
    for (const v1::StackLine& line : read.lines()) site.lines.push_back(m_pool->positionOf(line));
    if (m_set->lines.size() > kMostLines) return corrupt("too many different lines of code");
    describe(site, *m_set);
    m_set->sites.push_back(std::move(site));
  }
  return {};
}

Sites SitesReader::finish() {
  m_pool.reset();
  return Sites(std::move(m_set));
}

}  // namespace heaptap::gui
