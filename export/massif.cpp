// SPDX-License-Identifier: Apache-2.0
#include "export/massif.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/version.h"
#include "client/caller_tree.h"
#include "export/labels.h"
#include "export/writer.h"
#include "text/printable.h"
#include "text/shell_word.h"

namespace heaptap::exporting {
namespace {

constexpr std::uint64_t kNsInTick = 1'000'000;
constexpr std::size_t kMostMoments = 100;    // Of the timeline.
constexpr std::size_t kMostTreeDepth = 30;   // As massif's own.
constexpr std::uint64_t kThreshold = 1'000;  // Callers with less than one in so many bytes are added up.

/// One snapshot, as massif calls an instant.
struct Instant {
  std::uint64_t atNs = 0;
  std::uint64_t bytes = 0;
  std::uint64_t extra = 0;                   ///< What the allocator gave beyond what was asked for.
  const client::Profile* profile = nullptr;  ///< Where the call sites are; null: they are not known.
  Cost cost = Cost::Live;
  bool isPeak = false;
};

class MassifWriter {
 public:
  MassifWriter(const Subject& subject, Sink& sink) : m_subject(subject), m_out(sink) {}

  void write() {
    const v1::SessionInfo& info = m_subject.summary().info();
    m_out << "desc: exported by heaptap " << kVersion;
    if (m_subject.heap.id() != 0) m_out << ", the heap " << printable(m_subject.heap.name());
    if (m_subject.profile.isSampled()) m_out << ", estimated from samples";
    m_out << "\ncmd: " << printable(shellLine({info.command().begin(), info.command().end()}))
          << "\ntime_unit: ms\n";
    std::vector<Instant> all = instants();
    std::stable_sort(all.begin(), all.end(),
                     [](const Instant& a, const Instant& b) { return a.atNs < b.atNs; });
    for (const Instant& instant : all) writeInstant(instant);
  }

 private:
  [[nodiscard]] Instant instant(std::uint64_t atNs, const client::Profile& profile, Cost cost) const {
    return {.atNs = atNs,
            .bytes = client::StackCosts(profile, wordsOf(cost).counted).sum(),
            .profile = &profile,
            .cost = cost};
  }

  [[nodiscard]] std::vector<Instant> instants() const {
    const v1::Summary& summary = m_subject.summary();
    if (const auto& then = m_subject.profile.instant)
      return {instant(then->at_ns(), m_subject.profile, Cost::Live)};
    std::vector<Instant> all;
    const bool isMalloc = m_subject.heap.id() == 0;
    if (isMalloc) {
      addTimeline(all);
      for (const client::Profile& profile : m_subject.snapshots)
        all.push_back(instant(profile.instant->at_ns(), profile, Cost::Live));
    }
    const std::uint64_t endNs = std::max(summary.info().duration_ns(), summary.peak_at_ns());
    all.push_back({.atNs = isMalloc ? summary.peak_at_ns() : m_subject.heap.peak_at_ns(),
                   .bytes = m_subject.costsOf(Cost::Peak).sum(),
                   .extra = isMalloc ? summary.peak_slack_bytes() : 0,
                   .profile = &m_subject.profile,
                   .cost = Cost::Peak,
                   .isPeak = true});
    all.push_back({.atNs = endNs,
                   .bytes = m_subject.costsOf(Cost::Live).sum(),
                   .extra = isMalloc ? summary.live_slack_bytes() : 0,
                   .profile = &m_subject.profile,
                   .cost = Cost::Live});
    return all;
  }

  /// The end is there in full.
  void addTimeline(std::vector<Instant>& all) const {
    const v1::Timeline& timeline = m_subject.timeline;
    const auto buckets = static_cast<std::size_t>(timeline.live_bytes_size());
    const std::size_t step = std::max<std::size_t>(1, (buckets + kMostMoments - 1) / kMostMoments);
    all.push_back({});
    for (std::size_t i = step; i < buckets; i += step)
      all.push_back(
          {.atNs = i * timeline.bucket_ns(), .bytes = timeline.live_bytes(static_cast<int>(i - 1))});
  }

  void writeInstant(const Instant& instant) {
    m_out << "#-----------\nsnapshot=" << m_count++ << "\n#-----------\ntime=" << instant.atNs / kNsInTick
          << "\nmem_heap_B=" << instant.bytes << "\nmem_heap_extra_B=" << instant.extra
          << "\nmem_stacks_B=0\nheap_tree="
          << (instant.profile == nullptr || instant.bytes == 0 ? "empty"
              : instant.isPeak                                 ? "peak"
                                                               : "detailed")
          << '\n';
    if (instant.profile != nullptr && instant.bytes != 0) writeTree(instant);
  }

  void writeTree(const Instant& instant) {
    const client::Profile& profile = *instant.profile;
    const client::StackCosts costs = profile.instant
                                         ? client::StackCosts(profile, wordsOf(instant.cost).counted)
                                         : m_subject.costsOf(instant.cost);
    const client::CallerTree tree(profile, costs);
    const std::uint64_t least = instant.bytes / kThreshold;
    std::vector<client::CallerTree::Node> shown;
    const Rest rest = split(tree.allocating(), instant.bytes, least, shown);
    m_out << 'n' << shown.size() + (rest.bytes != 0) << ": " << instant.bytes
          << " (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n";
    struct Entry {
      client::CallerTree::Node node;
      std::size_t depth;
    };
    std::vector<Entry> open;
    // Each node is written before its callers; what is left over of a node is the last of these.
    struct Pending {
      std::size_t openBelow;
      Rest rest;
      std::size_t depth;
    };
    std::vector<Pending> pending;
    const auto enter = [&](std::vector<client::CallerTree::Node>& nodes, const Rest& left,
                           std::size_t depth) {
      if (left.bytes != 0) pending.push_back({open.size(), left, depth});
      for (std::size_t i = nodes.size(); i-- > 0;) open.push_back({std::move(nodes[i]), depth});
    };
    const auto settle = [&] {
      for (; !pending.empty() && pending.back().openBelow == open.size(); pending.pop_back())
        writeRest(pending.back().rest, pending.back().depth);
    };
    enter(shown, rest, 1);
    settle();
    while (!open.empty()) {
      const Entry entry = std::move(open.back());
      open.pop_back();
      shown.clear();
      Rest left;
      if (entry.depth < kMostTreeDepth && entry.node.hasCallers)
        left = split(tree.callers(entry.node), entry.node.cost, least, shown);
      writeNode(profile, entry.node, shown.size() + (left.bytes != 0), entry.depth);
      enter(shown, left, entry.depth + 1);
      settle();
    }
  }

  struct Rest {
    std::uint64_t bytes = 0;
    std::size_t places = 0;
  };

  /// Those that are large enough; the others add up to what is missing from `whole`.
  static Rest split(std::vector<client::CallerTree::Node> nodes, std::uint64_t whole, std::uint64_t least,
                    std::vector<client::CallerTree::Node>& shown) {
    Rest rest{.bytes = whole};
    for (client::CallerTree::Node& node : nodes) {
      if (node.cost < least || node.cost == 0) {
        ++rest.places;
        continue;
      }
      rest.bytes -= node.cost;
      shown.push_back(std::move(node));
    }
    // Stacks that end here have no caller; where all do, the node is a leaf.
    if (shown.empty() && rest.places == 0) rest.bytes = 0;
    if (rest.bytes != 0 && rest.places == 0) rest.places = 1;
    return rest;
  }

  void indent(std::size_t depth) {
    for (std::size_t i = 0; i < depth; ++i) m_out << ' ';
  }

  void writeNode(const client::Profile& profile, const client::CallerTree::Node& node, std::size_t callers,
                 std::size_t depth) {
    const client::StackLine line = lineOfFunction(profile, node.function);
    indent(depth);
    (m_out << 'n' << callers << ": " << node.cost << " 0x").hex(line.address) << ": ";
    m_out << clipped(labelOf(line));
    if (!line.file.empty())
      m_out << " (" << printable(fileNameOf(line.file)) << ':' << line.line << ')';
    else if (!line.module.empty())
      m_out << " (in " << printable(line.module) << ')';
    m_out << '\n';
  }

  void writeRest(const Rest& rest, std::size_t depth) {
    indent(depth);
    m_out << "n0: " << rest.bytes << " in " << rest.places << (rest.places == 1 ? " place" : " places, all")
          << " below massif's threshold (0.10%)\n";
  }

  const Subject& m_subject;
  Writer m_out;
  std::size_t m_count = 0;
};

}  // namespace

void writeMassif(const Subject& subject, Sink& sink) { MassifWriter(subject, sink).write(); }

}  // namespace heaptap::exporting
