// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/history_replay.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <type_traits>

#include "collector/ingest/event_walk.h"
#include "collector/ingest/limits.h"

namespace heaptap::ingest {
namespace {

constexpr std::size_t kMostTracked = 1U << 20;
constexpr std::size_t kMostThreads = 1U << 20;

/// Of 64 bits, spread: numbers of one site often come at regular distances.
std::uint64_t spread(std::uint64_t number) {
  number *= 0x9E37'79B9'7F4A'7C15ULL;
  return number ^ number >> 32;
}

/// The time below which this share of the frees lived, to the power of two.
std::uint64_t lifetimeAt(const std::array<std::uint64_t, 64>& lifetimes, std::uint64_t frees, double share) {
  const auto wanted = static_cast<std::uint64_t>(static_cast<double>(frees) * share);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < lifetimes.size(); ++i) {
    seen += lifetimes[i];
    if (seen > wanted) return std::uint64_t{1} << i;
  }
  return std::uint64_t{1} << 63;
}

}  // namespace

HistoryReplay::HistoryReplay(const model::HistoryQuery& query, const model::DefinitionsView& definitions,
                             std::uint32_t timeUnitNs, std::uint64_t endNs)
    : m_query(query),
      m_definitions(definitions),
      m_timeUnitNs(timeUnitNs),
      m_endNs(endNs),
      m_groupOfPair(definitions.pairs.size(), kNone),
      m_groups(query.groups.size()) {
  for (std::uint32_t group = 0; group < query.groups.size(); ++group) {
    m_groups[group].change.resize(model::HistoryQuery::kInstants);
    for (const model::PairId pair : query.groups[group]) m_groupOfPair[index(pair)] = group;
  }
}

std::size_t HistoryReplay::instantOf(std::uint64_t atNs) const {
  constexpr std::uint64_t kLast = model::HistoryQuery::kInstants - 1;
  if (m_endNs == 0) return kLast;
  const double share = static_cast<double>(atNs) / static_cast<double>(m_endNs);
  return std::min<std::size_t>(kLast, static_cast<std::size_t>(share * model::HistoryQuery::kInstants));
}

bool HistoryReplay::isTracked(std::uint64_t number) const {
  return (spread(number) & ((std::uint64_t{1} << m_skipBits) - 1)) == 0;
}

void HistoryReplay::track(std::uint64_t number, const Block& block) {
  if (!isTracked(number)) return;
  m_live.try_emplace(number, block);
  if (m_live.size() < kMostTracked) return;
  ++m_skipBits;
  absl::erase_if(m_live, [this](const auto& each) { return !isTracked(each.first); });
}

Result<void> HistoryReplay::apply(const v1::EventBatch& batch, ChunkSource& chunks) {
  const auto corrupt = [](std::string what) {
    return failure(Code::Corrupt, "event batch", std::move(what));
  };
  if (!m_isFirst && batch.first_allocation() != m_nextNumber)
    return corrupt("first_allocation is " + std::to_string(batch.first_allocation()) + ", expected " +
                   std::to_string(m_nextNumber));
  if (batch.base_time_ns() < m_lastNs || batch.base_time_ns() > kMaxTimeNs)
    return corrupt("base_time_ns is " + std::to_string(batch.base_time_ns()) + ", the event before was at " +
                   std::to_string(m_lastNs));
  // The file may go on while it is read: what is defined later than `m_definitions` is passed over.
  auto read = m_columns.read(batch, BatchColumns::Bounds::widest(batch, m_timeUnitNs));
  if (read) read = m_addresses.read(batch, m_columns, chunks);
  if (!read) return read;
  if (m_isFirst && batch.first_allocation() != 0)
    m_knownFromNs = std::max<std::uint64_t>(batch.base_time_ns(), 1);
  if (m_isFirst) m_firstNumber = batch.first_allocation();
  m_isFirst = false;
  auto nextAddress = m_addresses.addresses().begin();
  std::uint64_t number = batch.first_allocation();
  const auto visit = [&](const auto& event) {
    const std::size_t pair = index(event.pair);
    const std::uint32_t group = pair < m_groupOfPair.size() ? m_groupOfPair[pair] : kNone;
    m_lastNs = event.atNs;
    if constexpr (std::is_same_v<decltype(event), const model::Free&>) {
      if (group == kNone) return true;
      Group& freed = m_groups[group];
      freed.change[instantOf(event.atNs)] -= m_definitions.pair(event.pair).bytes();
      ++freed.lifetimes[event.lifetimeLog2];
      ++freed.frees;
      m_live.erase(event.number);
    } else {
      const std::uint64_t own = number++;
      const std::uint64_t address = *nextAddress++;
      if (group == kNone) return true;
      Group& made = m_groups[group];
      made.change[instantOf(event.atNs)] += m_definitions.pair(event.pair).bytes();
      if (made.allocations++ == 0) made.firstNs = event.atNs;
      made.lastNs = event.atNs;
      if (made.allocations == 1 || made.lastThread != event.thread) {
        made.lastThread = event.thread;
        if (m_threads.size() < kMostThreads)
          m_threads.insert(static_cast<std::uint64_t>(group) << 32 | index(event.thread));
      }
      track(own, {.atNs = event.atNs, .address = address, .group = group});
    }
    return true;
  };
  walkEvents(batch, m_columns, m_timeUnitNs, visit, [](model::PairId) {});
  m_nextNumber = number;
  return {};
}

void HistoryReplay::learn(std::span<const model::LiveBlock> blocks) {
  for (const model::LiveBlock& block : blocks) {
    if (!m_isFirst && block.number >= m_firstNumber) continue;
    const std::uint32_t group = m_groupOfPair[index(block.pair)];
    if (group == kNone) continue;
    track(block.number, {.atNs = block.atNs, .address = block.address, .group = group});
    if (block.thread && m_threads.size() < kMostThreads)
      m_threads.insert(static_cast<std::uint64_t>(group) << 32 | index(*block.thread));
  }
}

void HistoryReplay::beginAnew() {
  for (Group& group : m_groups) {
    group = {};
    group.change.resize(model::HistoryQuery::kInstants);
  }
  m_live.clear();
  m_threads.clear();
  m_skipBits = 0;
  m_isFirst = true;
}

void HistoryReplay::addAges(std::uint32_t group, std::vector<Block>& blocks, std::uint64_t live,
                            model::SiteHistory& history) const {
  const auto first =
      std::lower_bound(blocks.begin(), blocks.end(), group,
                       [](const Block& block, std::uint32_t each) { return block.group < each; });
  auto end = first;
  while (end != blocks.end() && end->group == group) ++end;
  const auto known = static_cast<std::uint64_t>(end - first);
  for (auto block = first; block != end && history.addresses.size() < model::SiteHistory::kMostAddresses;
       ++block)
    if (block->address != 0) history.addresses.push_back(block->address);
  if (known == 0) return;
  const auto ageOf = [this](const Block& block) { return m_endNs - std::min(m_endNs, block.atNs); };
  if (m_skipBits == 0 && known < live) {
    // Those that are not known were allocated before the first stored event: they are older.
    if (live / 2 < known) history.medianAgeNs = ageOf(*(end - 1 - static_cast<std::ptrdiff_t>(live / 2)));
    return;
  }
  history.oldestAgeNs = ageOf(*first);
  history.medianAgeNs = ageOf(*(first + (end - first) / 2));
}

std::vector<model::SiteHistory> HistoryReplay::finish(const model::Counts& counts) {
  std::vector<Block> blocks;
  blocks.reserve(m_live.size());
  for (const auto& [number, block] : m_live) blocks.push_back(block);
  std::sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) {
    return std::tuple(a.group, a.atNs, a.address) < std::tuple(b.group, b.atNs, b.address);
  });
  std::vector<std::vector<model::ThreadIndex>> threads(m_groups.size());
  for (const std::uint64_t each : m_threads)
    threads[each >> 32].push_back(static_cast<model::ThreadIndex>(each & 0xFFFF'FFFF));

  std::vector<model::SiteHistory> histories(m_groups.size());
  for (std::uint32_t i = 0; i < m_groups.size(); ++i) {
    const Group& group = m_groups[i];
    model::SiteHistory& history = histories[i];
    std::uint64_t liveBytes = 0;
    std::uint64_t liveBlocks = 0;
    std::uint64_t allocations = 0;
    for (const model::PairId pair : m_query.groups[i]) {
      const std::uint64_t live = index(pair) < counts.pairs.size() ? counts.pairs[index(pair)].live : 0;
      liveBlocks += live;
      liveBytes += live * m_definitions.pair(pair).bytes();
      if (index(pair) < counts.pairs.size()) allocations += counts.pairs[index(pair)].allocations;
    }
    history.endNs = m_endNs;
    history.knownFromNs = m_isFirst ? m_endNs : m_knownFromNs;
    // Where the beginning is missing, the end says what there was then.
    std::uint64_t at = 0;
    if (m_knownFromNs != 0) {
      at = liveBytes;
      for (const std::uint64_t change : group.change) at -= change;
    }
    history.liveBytes.reserve(group.change.size());
    const std::size_t knownFrom = m_knownFromNs == 0 ? 0 : instantOf(m_knownFromNs);
    for (std::size_t instant = 0; instant < group.change.size(); ++instant) {
      at += group.change[instant];
      // A record with a hole may seem to have freed more than there was.
      const bool isNegative = at >> 63 != 0;
      history.liveBytes.push_back(instant < knownFrom || isNegative ? 0 : at);
    }
    history.liveBytes.back() = liveBytes;
    history.frees = group.frees;
    if (group.allocations != 0) {
      if (m_knownFromNs == 0 || group.allocations >= allocations) history.firstAllocationNs = group.firstNs;
      history.lastAllocationNs = group.lastNs;
    }
    if (group.frees != 0) {
      history.medianLifetimeNs = lifetimeAt(group.lifetimes, group.frees, 0.5);
      history.p95LifetimeNs = lifetimeAt(group.lifetimes, group.frees, 0.95);
    }
    std::sort(threads[i].begin(), threads[i].end());
    history.threadCount = threads[i].size();
    threads[i].resize(std::min(threads[i].size(), model::SiteHistory::kMostThreads));
    history.threads = std::move(threads[i]);
    addAges(i, blocks, liveBlocks, history);
  }
  return histories;
}

}  // namespace heaptap::ingest
