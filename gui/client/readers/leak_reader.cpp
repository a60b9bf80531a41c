// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/leak_reader.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "analysis/leaks/leak_analysis.h"
#include "analysis/leaks/leak_histories.h"
#include "analysis/verdict.h"

namespace heaptap::gui {
namespace {

/// That have leaks: each costs a pass over all sites.
constexpr std::size_t kMostHeaps = 64;

LeakKind readKind(analysis::LeakKind kind) {
  switch (kind) {
    case analysis::LeakKind::Growing: return LeakKind::Growing;
    case analysis::LeakKind::Once: return LeakKind::Once;
    case analysis::LeakKind::Kept: return LeakKind::Kept;
    case analysis::LeakKind::Suppressed: break;
  }
  return LeakKind::Suppressed;
}

LeakGroup readGroup(const analysis::LeakGroup& group, const QString& heapName, NameTexts& texts) {
  LeakGroup read;
  read.kind = readKind(group.kind);
  read.name = readText(analysis::listedName(group)).simplified();
  read.heapName = heapName;
  read.place = texts.line(group.place);
  read.bytes = group.bytes;
  read.blocks = group.blocks;
  if (group.confidence)
    read.confidence =
        LeakConfidence{.score = group.confidence->score, .word = readText(group.confidence->word())};
  if (group.history) read.liveBytes.assign(group.history->liveBytes.begin(), group.history->liveBytes.end());
  read.sites.reserve(group.sites.size());
  for (const analysis::LeakedSite& site : group.sites) {
    read.areEstimates = read.areEstimates || site.errors.has_value();
    read.sites.emplace_back(model::index(site.key.stack), static_cast<quint32>(model::index(site.key.heap)));
  }
  return read;
}

/// Groups of the whole session, made of those of each heap.
class LeakReader {
 public:
  LeakReader(const client::SiteTable& table, NameTexts& texts) : m_table(table), m_texts(texts) {}

  bool hasLeaks() const {
    const v1::Summary& summary = *m_table.profile().summary;
    return summary.info().state() == v1::SESSION_COMPLETE && !summary.live_at_end();
  }

  std::vector<model::HeapId> heaps() const {
    std::set<model::HeapId> heaps;
    for (std::uint32_t site = 0; site < m_table.size() && heaps.size() < kMostHeaps; ++site)
      if (m_table.counters(site).liveBlocks != 0) heaps.insert(m_table.key(site).heap);
    return {heaps.begin(), heaps.end()};
  }

  void add(model::HeapId heap, const analysis::LeakReport& report) {
    const QString name =
        heap == model::kMallocHeap ? QString() : readText(m_table.profile().definitions.heapName(heap));
    for (const analysis::LeakGroup& group : report.groups)
      m_groups->push_back(readGroup(group, name, m_texts));
  }

  Leaks leaks() {
    std::stable_sort(m_groups->begin(), m_groups->end(), [](const LeakGroup& a, const LeakGroup& b) {
      return a.kind != b.kind ? a.kind < b.kind : a.bytes > b.bytes;
    });
    return std::move(m_groups);
  }

 private:
  const client::SiteTable& m_table;
  NameTexts& m_texts;
  std::shared_ptr<std::vector<LeakGroup>> m_groups = std::make_shared<std::vector<LeakGroup>>();
};

}  // namespace

Leaks readLeaks(const client::SiteTable& table, const analysis::LeakRules& rules, NameTexts& texts) {
  LeakReader reader(table, texts);
  if (!reader.hasLeaks()) return nullptr;
  const analysis::LeakJudge judge(rules, table.profile());
  for (const model::HeapId heap : reader.heaps()) reader.add(heap, judge.leaks(table, heap));
  return reader.leaks();
}

Result<Leaks> readLeaksWithHistories(const client::SiteTable& table, const analysis::LeakRules& rules,
                                     NameTexts& texts, client::ProfileSource& source,
                                     const std::string& session, const std::stop_token& stop) {
  LeakReader reader(table, texts);
  if (!reader.hasLeaks()) return nullptr;
  analysis::LeakJudge judge(rules, table.profile());
  judge.askForHistories(source, session, stop);
  for (const model::HeapId heap : reader.heaps()) {
    analysis::LeakReport report = judge.leaks(table, heap);
    if (auto added = judge.addHistories(report, table); !added)
      return tl::unexpected(std::move(added.error()));
    reader.add(heap, report);
  }
  return reader.leaks();
}

}  // namespace heaptap::gui
