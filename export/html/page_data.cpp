// SPDX-License-Identifier: Apache-2.0
#include "export/html/page_data.h"

#include <algorithm>
#include <string>
#include <vector>

#include "analysis/verdict.h"
#include "client/histogram.h"
#include "client/instant_words.h"
#include "export/html/json_array.h"
#include "export/json_text.h"
#include "export/labels.h"
#include "export/pictures/pictures.h"
#include "export/string_table.h"
#include "proto/words/session_words.h"
#include "text/quantity.h"
#include "text/shell_word.h"

namespace heaptap::exporting {
namespace {

constexpr std::uint64_t kLeastShare = 2000;  // One in so many; less is added up.
constexpr std::size_t kMostDepth = 120;
constexpr std::size_t kMostPoints = 800;  // Of the timeline.
constexpr std::size_t kMostRows = 100;    // Of a table.
constexpr std::size_t kMostLines = 40;    // Of a stack.
constexpr std::size_t kMostNameBytes = 300;

class PageData {
 public:
  PageData(const Subject& subject, Writer& out)
      : m_subject(subject), m_profile(subject.profile), m_labels(subject.profile), m_out(out) {}

  void write() {
    m_out << "{\"title\":" << jsonText(m_subject.title) << ",\n\"command\":" << jsonText(command()) << ",\n";
    const client::SiteTable table(m_profile);
    const analysis::LeakReport leaks = m_subject.judge.judged(table, m_subject.heapId());
    writeFacts(leaks);
    writeTimeline();
    writeTrees();
    writeLeaks(leaks);
    writeSites(table);
    writeArray(m_out, "sizes", sizes(), [this](const client::SizeBucket& bucket) {
      m_out << '[' << bucket.minBytes << ',' << bucket.maxBytes << ',' << bucket.allocations << ','
            << bucket.liveBlocks << ']';
    });
    m_out << "}";
  }

 private:
  [[nodiscard]] std::string command() const {
    const v1::SessionInfo& info = m_subject.summary().info();
    std::string text = shellLine({info.command().begin(), info.command().end()});
    if (info.pid() != 0) text += ", " + pidWords(info);
    text += ", " + formatTime(info.started_at_unix_ns()) + " UTC";
    if (info.has_duration_ns()) text += ", " + formatDuration(info.duration_ns());
    if (!m_subject.summary().end().empty()) text += ", " + m_subject.summary().end();
    return text;
  }

  [[nodiscard]] std::vector<client::SizeBucket> sizes() const {
    return client::sizesOf(m_profile, *client::FilterMatch::of(m_profile, {.heap = m_subject.heapId()}));
  }

  [[nodiscard]] std::string exact(std::uint64_t bytes) const {
    return formatCount(bytes) + (m_profile.isSampled() ? " bytes, estimated" : " bytes");
  }

  struct Fact {
    std::string name;
    std::string value;
    std::string more;
  };

  /// What is left, as the text report says it: what leaks, what is kept on purpose, and what both are
  /// together.
  void addLeft(const analysis::LeakReport& leaks, std::vector<Fact>& facts) const {
    using analysis::LeakKind;
    const v1::Summary& summary = m_subject.summary();
    const std::uint64_t live = m_subject.costsOf(Cost::Live).sum();
    if (m_profile.instant || leaks.leaked().blocks == leaks.total().blocks) {
      facts.push_back({m_profile.instant ? (m_profile.instant->gone() ? "gone"
                                            : m_profile.isStretch()   ? "new and still there"
                                                                      : "live")
                                         : leaks.leakedWord(),
                       formatBytes(live), exact(live)});
      return;
    }
    const auto add = [&](const char* name, const analysis::LeakSum& sum) {
      facts.push_back(
          {name, formatBytes(sum.bytes), exact(sum.bytes) + " in " + formatNumberOf(sum.blocks, "block")});
    };
    add(leaks.isLive ? "the program's own" : "leaked", leaks.leaked());
    if (leaks.sum(LeakKind::Kept).blocks != 0) add("kept on purpose", leaks.sum(LeakKind::Kept));
    if (leaks.sum(LeakKind::Suppressed).blocks != 0) add("suppressed", leaks.sum(LeakKind::Suppressed));
    facts.push_back({leftWord(summary), formatBytes(live), exact(live) + " together"});
  }

  void writeFacts(const analysis::LeakReport& leaks) {
    const v1::Summary& summary = m_subject.summary();
    const std::uint64_t peak = m_subject.costsOf(Cost::Peak).sum();
    const std::uint64_t allocations = m_subject.costsOf(Cost::Allocations).sum();
    const std::uint64_t allocated = m_subject.costsOf(Cost::Bytes).sum();
    const std::uint64_t temporary = m_subject.costsOf(Cost::Temporary).sum();
    std::vector<Fact> facts;
    if (!m_profile.isStretch()) facts.push_back({"peak", formatBytes(peak), exact(peak)});
    addLeft(leaks, facts);
    facts.push_back({"allocations", formatCount(allocations), formatBytes(allocated) + " in all"});
    facts.push_back(
        {"temporary", formatCount(temporary), formatShare(temporary, allocations) + " of the allocations"});
    if (m_subject.heap.id() != 0) facts.push_back({"heap", m_subject.heap.name(), ""});
    if (m_profile.instant) facts.push_back({"time", client::titleFor(*m_profile.instant), ""});
    if (summary.has_max_rss_bytes())
      facts.push_back({"resident", formatBytes(summary.max_rss_bytes()), "the most that was seen"});
    writeArray(m_out, "facts", facts, [this](const Fact& fact) {
      m_out << '[' << jsonText(fact.name) << ',' << jsonText(fact.value) << ',' << jsonText(fact.more) << ']';
    });
    m_out << ",\n";
    writeArray(m_out, "notes", summary.notes(), [this](const std::string& note) { m_out << jsonText(note); });
    m_out << ",\n";
  }

  void writeTimeline() {
    const v1::Timeline& timeline = m_subject.timeline;
    const bool isThere = m_subject.heap.id() == 0;
    const auto buckets = isThere ? static_cast<std::size_t>(timeline.max_live_bytes_size()) : 0;
    const std::size_t step = std::max<std::size_t>(1, (buckets + kMostPoints - 1) / kMostPoints);
    std::vector<std::uint64_t> points;
    for (std::size_t i = 0; i < buckets; ++i) {
      if (i % step == 0) points.push_back(0);
      points.back() = std::max(points.back(), timeline.max_live_bytes(static_cast<int>(i)));
    }
    // The process may have lived long after its last event.
    const v1::Summary& summary = m_subject.summary();
    m_out << "\"timeline\":{\"bucketNs\":" << timeline.bucket_ns() * step
          << ",\"endNs\":" << summary.info().duration_ns() << ",\"endBytes\":" << summary.live_bytes() << ',';
    writeArray(m_out, "live", points, [this](std::uint64_t bytes) { m_out << bytes; });
    struct Mark {
      std::uint64_t atNs;
      std::string name;
    };
    std::vector<Mark> marks{{summary.peak_at_ns(), "peak"}};
    constexpr std::size_t kMostMarks = 20;
    for (const v1::MarkReport& mark : summary.marks())
      if (marks.size() < kMostMarks) marks.push_back({mark.at_ns(), mark.name()});
    m_out << ',';
    writeArray(m_out, "marks", marks,
               [this](const Mark& mark) { m_out << '[' << mark.atNs << ',' << jsonText(mark.name) << ']'; });
    m_out << "},\n";
  }

  /// A call tree for each cost that there is; the one that was chosen comes first.
  void writeTrees() {
    std::vector<Cost> all{m_subject.cost};
    for (const CostWords& words : costs())
      if (words.cost != Cost::Leaked && words.ofSite != wordsOf(m_subject.cost).ofSite)
        all.push_back(words.cost);
    writeArray(m_out, "costs", all, [this](Cost cost) { writeTree(cost); });
    m_out << ",\n";
    writeArray(m_out, "names", m_names.texts(), [this](const std::string& name) { m_out << jsonText(name); });
    m_out << ",\n";
  }

  void writeTree(Cost cost) {
    const client::CallTree tree(m_profile, m_subject.costsOf(cost));
    const PrunedTree pruned(tree, tree.nodes().front().total / kLeastShare, kMostDepth);
    using Node = PrunedTree::Node;
    m_out << "\n{\"cost\":\"" << wordsOf(cost).name << "\",\"title\":" << jsonText(wordsOf(cost).title)
          << ",\"bytes\":" << (wordsOf(cost).isBytes ? "true" : "false") << ",\"folded\":" << pruned.folded()
          << ',';
    writeArray(m_out, "parent", pruned.nodes(),
               [this](const Node& node) { m_out << (node.parent == PrunedTree::kNoNode ? 0 : node.parent); });
    m_out << ',';
    // Below 0: so many functions that are added up.
    writeArray(m_out, "name", pruned.nodes(), [this](const Node& node) {
      node.functions != 0 ? m_out << '-' << node.functions
                          : m_out << m_names[clipped(nodeLabel(m_subject, m_labels, node), kMostNameBytes)];
    });
    m_out << ',';
    writeArray(m_out, "total", pruned.nodes(), [this](const Node& node) { m_out << node.total; });
    m_out << ',';
    writeArray(m_out, "self", pruned.nodes(), [this](const Node& node) { m_out << node.self; });
    m_out << '}';
  }

  void writeStack(model::StackId stack) {
    const std::vector<client::StackLine> lines = client::stackLines(m_profile, stack);
    std::vector<std::string> shown;
    for (const client::StackLine& line : lines) {
      if (shown.size() == kMostLines) {
        shown.push_back("… " + formatCount(lines.size() - kMostLines) + " more");
        break;
      }
      std::string text = shortLabelOf(line, kMostNameBytes);
      if (!line.file.empty())
        text += "  " + clipped(line.file, kMostNameBytes) + ":" + std::to_string(line.line);
      shown.push_back(text);
    }
    writeArray(m_out, "stack", shown, [this](const std::string& text) { m_out << jsonText(text); });
  }

  void writeLeaks(const analysis::LeakReport& report) {
    const std::size_t shown = std::min(report.groups.size(), kMostRows);
    std::uint64_t left = 0;
    for (std::size_t i = shown; i < report.groups.size(); ++i) left += report.groups[i].bytes;
    writeArray(
        m_out, "leaks",
        std::vector(report.groups.begin(), report.groups.begin() + static_cast<std::ptrdiff_t>(shown)),
        [this](const analysis::LeakGroup& group) {
          m_out << "\n{\"bytes\":" << group.bytes << ",\"blocks\":" << group.blocks
                << ",\"kind\":" << jsonText(kindOf(group.kind)) << ",\"name\":"
                << jsonText(clipped(group.name.empty() ? placeOf(group.place) : analysis::listedName(group),
                                    kMostNameBytes))
                << ',';
          writeStack(group.sites.front().key.stack);
          m_out << '}';
        });
    m_out << ",\n\"leaksLeft\":" << jsonText(leftOut(report.groups.size() - shown, left, "live")) << ",\n";
  }

  static std::string_view kindOf(analysis::LeakKind kind) { return analysis::wordFor(kind); }

  static std::string placeOf(const client::StackLine& place) {
    if (place.function.empty() && place.module.empty()) return std::string(kNoStack);
    std::string text = shortLabelOf(place, kMostNameBytes);
    if (!place.file.empty())
      text += "  " + std::string(fileNameOf(place.file)) + ":" + std::to_string(place.line);
    return text;
  }

  static std::string leftOut(std::size_t rows, std::uint64_t bytes, std::string_view what) {
    if (rows == 0) return {};
    return formatCount(rows) + " more, with " + formatCount(bytes) + " bytes " + std::string(what) +
           " together, are not shown";
  }

  void writeSites(const client::SiteTable& table) {
    const auto selected =
        table.select({.order = client::SiteOrder::PeakBytes, .heap = m_subject.heapId()}).sites;
    const std::size_t shown = std::min(selected.size(), kMostRows);
    std::uint64_t left = 0;
    for (std::size_t i = shown; i < selected.size(); ++i) left += table.counters(selected[i]).peakBytes;
    writeArray(
        m_out, "sites", std::vector(selected.begin(), selected.begin() + static_cast<std::ptrdiff_t>(shown)),
        [&](std::uint32_t site) {
          const client::SiteCounters counters = table.counters(site);
          const client::StackLine place = placeOfSite(table.key(site).stack);
          m_out << "\n{\"numbers\":[" << counters.peakBytes << ',' << counters.liveBytes << ','
                << counters.allocatedBytes << ',' << counters.allocations << ',' << counters.temporaries
                << "],\"name\":" << jsonText(clipped(placeOf(place), kMostNameBytes)) << ',';
          writeStack(table.key(site).stack);
          m_out << '}';
        });
    m_out << ",\n\"sitesLeft\":" << jsonText(leftOut(selected.size() - shown, left, "at the peak")) << ",\n";
  }

  [[nodiscard]] client::StackLine placeOfSite(model::StackId stack) const {
    const client::StackStart start = client::startOf(m_profile, stack);
    if (start.stack == model::StackId{}) return {};
    return client::lineOf(m_profile, m_profile.definitions.stack(start.stack).frame, start.line);
  }

  const Subject& m_subject;
  const client::Profile& m_profile;
  FunctionLabels m_labels;
  Writer& m_out;
  StringTable m_names{0};
};

}  // namespace

void writePageData(const Subject& subject, Writer& out) { PageData(subject, out).write(); }

}  // namespace heaptap::exporting
