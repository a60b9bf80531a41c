// SPDX-License-Identifier: Apache-2.0
#include "gui/client/leak_reader.h"

#include <algorithm>
#include <set>
#include <utility>

#include "analysis/leaks/leak_analysis.h"

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
  read.name = readText(group.name).simplified();
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

}  // namespace

Leaks readLeaks(const client::SiteTable& table, NameTexts& texts) {
  const client::Profile& profile = table.profile();
  if (profile.summary->info().state() != v1::SESSION_COMPLETE || profile.summary->live_at_end())
    return nullptr;
  auto leaks = std::make_shared<std::vector<LeakGroup>>();
  const auto add = [&](model::HeapId heap, const QString& name) {
    const analysis::LeakReport report = analysis::leakReport(table, {.heap = heap});
    for (const analysis::LeakGroup& group : report.groups) leaks->push_back(readGroup(group, name, texts));
  };
  std::set<model::HeapId> heaps;
  for (std::uint32_t site = 0; site < table.size() && heaps.size() < kMostHeaps; ++site)
    if (table.counters(site).liveBlocks != 0) heaps.insert(table.key(site).heap);
  for (const model::HeapId heap : heaps)
    add(heap, heap == model::kMallocHeap ? QString() : readText(profile.definitions.heapName(heap)));
  std::stable_sort(leaks->begin(), leaks->end(), [](const LeakGroup& a, const LeakGroup& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.bytes > b.bytes;
  });
  return leaks;
}

}  // namespace heaptap::gui
