// SPDX-License-Identifier: Apache-2.0
#include "client/tree/profile_merge.h"

#include <algorithm>
#include <optional>

#include "heaptap/v1/ingest.pb.h"

namespace heaptap::client {
namespace {

constexpr std::uint64_t joined(std::uint64_t high, std::uint64_t low) { return high << 32 | low; }

std::uint32_t number(auto id) { return static_cast<std::uint32_t>(index(id)); }

bool isUsed(const model::PairCounters& counters) { return counters.allocations != 0 || counters.live != 0; }

model::PairCounters taken(const model::PairCounters& counters, ProfileMerge::Take take) {
  model::PairCounters result = counters;
  if (take == ProfileMerge::Take::WithoutLive) result.live = 0;
  if (take == ProfileMerge::Take::OnlyLive) result = {.allocations = counters.live, .live = counters.live};
  return result;
}

}  // namespace

/// One profile, on its way in.
class ProfileMerge::Adding {
 public:
  Adding(ProfileMerge& merge, const Profile& profile, std::uint32_t process)
      : m_merge(merge), m_profile(profile), m_process(process) {
    const model::DefinitionsView& known = profile.definitions;
    m_ids.stacks.resize(known.stacks.size());
    m_ids.pairs.resize(known.pairs.size(), kNone);
    m_frames.resize(known.frames.size());
    m_modules.resize(known.modules.size());
    for (std::size_t heap = 0; heap < known.heaps(); ++heap)
      m_ids.heaps.push_back(heap < model::kFirstNamedHeap
                                ? static_cast<model::HeapId>(heap)
                                : merge.heapOf(known.heapName(static_cast<model::HeapId>(heap))));
    const auto names = known.threadNames();
    for (std::size_t i = 0; i < known.threads.size(); ++i) {
      m_ids.threads.push_back(static_cast<model::ThreadIndex>(merge.m_definitions.now().threads.size()));
      merge.m_definitions.add(model::Thread{.tid = known.threads[i].tid,
                                            .name = std::string(names[i]),
                                            .firstSeenNs = known.threads[i].firstSeenNs});
    }
  }

  /// The stacks of pairs that have counted, and of their frees, with all that lies outwards of them.
  void addStacks() {
    const model::DefinitionsView& known = m_profile.definitions;
    std::vector<std::uint8_t> needed(known.stacks.size(), 0);
    const model::Counts& counts = *m_profile.counts;
    for (std::size_t i = 0; i < std::min(counts.pairs.size(), known.pairs.size()); ++i)
      if (isUsed(counts.pairs[i])) needed[index(known.pairs[i].stack)] = 1;
    for (const model::FreeSites::Entry& entry : counts.freeSites) needed[index(entry.stack)] = 1;
    for (std::size_t i = needed.size(); i-- > 1;)
      if (needed[i] != 0) needed[index(known.stacks[i].parent)] = 1;
    for (std::size_t i = 1; i < needed.size(); ++i)
      if (needed[i] != 0)
        m_ids.stacks[i] =
            m_merge.stackBelow(m_ids.stacks[index(known.stacks[i].parent)], frameOf(known.stacks[i].frame));
  }

  void addPairs(Take take) {
    const model::Counts& counts = *m_profile.counts;
    for (std::size_t i = 0; i < std::min(counts.pairs.size(), m_ids.pairs.size()); ++i) {
      if (!isUsed(counts.pairs[i])) continue;
      model::Pair pair = m_profile.definitions.pairs[i];
      pair.stack = m_ids.stacks[index(pair.stack)];
      pair.heap = m_ids.heaps[index(pair.heap)];
      const model::PairId id = m_merge.pairOf(pair);
      m_ids.pairs[i] = id;
      const model::PairCounters counters = taken(counts.pairs[i], take);
      model::PairCounters& sum = m_merge.m_counts.pairs[index(id)];
      sum.allocations += counters.allocations;
      sum.live += counters.live;
      sum.liveAtPeak += counters.liveAtPeak;
      sum.temporaries += counters.temporaries;
      if (counters.allocations == 0 && counters.live == 0) continue;
      Presence& presence = m_merge.m_presence[{number(pair.stack), number(pair.heap)}];
      if (counters.allocations != 0) presence.allocating.add(m_process);
      if (counters.live != 0) presence.holding.add(m_process);
    }
    if (take == Take::OnlyLive) return;
    for (const model::FreeSites::Entry& entry : counts.freeSites) {
      const model::PairId pair = m_ids.pairs[index(entry.pair)];
      if (pair == kNone) continue;
      m_merge.m_freeSites[joined(index(pair), index(m_ids.stacks[index(entry.stack)]))] += entry.frees;
    }
  }

  Ids take() { return std::move(m_ids); }

 private:
  model::FrameId frameOf(model::FrameId frame) {
    if (frame == model::FrameId{}) return frame;
    model::FrameId& known = m_frames[index(frame)];
    if (known == model::FrameId{}) known = mergedFrame(frame);
    return known;
  }

  model::FrameId mergedFrame(model::FrameId frame) {
    model::Frame place = m_profile.definitions.frame(frame);
    if (place.module != 0) place.module = moduleOf(place.module);
    const model::FrameNames::Lines lines = m_profile.names->lines(frame);
    constexpr std::uint32_t kMarkers = v1::FRAME_OVERFLOW | v1::FRAME_TRUNCATED | v1::FRAME_LOST;
    const bool isPlace = (place.flags & kMarkers) == 0;
    if (place.module == 0 && isPlace) {
      const std::string key =
          lines.count != 0 ? namesKey(lines, place.flags)
                           : std::string("\x01") + std::to_string(m_process) + "," + std::to_string(place.pc);
      const auto [found, isNew] = m_merge.m_namedPlaces.try_emplace(key);
      if (isNew) found->second = define(place);
      return named(found->second, lines);
    }
    const auto [found, isNew] = m_merge.m_places.try_emplace({place.module, place.pc, place.flags});
    if (isNew) found->second = define(place);
    return named(found->second, lines);
  }

  model::FrameId define(const model::Frame& place) {
    m_merge.m_definitions.add(place);
    m_merge.m_isNamed.resize(m_merge.m_definitions.now().frames.size(), 0);
    return static_cast<model::FrameId>(m_merge.m_definitions.now().frames.size() - 1);
  }

  /// By the first session that knows its names.
  model::FrameId named(model::FrameId frame, const model::FrameNames::Lines& lines) {
    if (lines.count == 0 || m_merge.m_isNamed[index(frame)] != 0) return frame;
    std::vector<model::SymbolLine> own;
    for (std::uint32_t i = 0; i < lines.count; ++i) {
      model::SymbolLine line = m_profile.definitions.lines[lines.first + i];
      line.function = m_merge.textOf(textOf(line.function));
      line.file = m_merge.textOf(textOf(line.file));
      own.push_back(line);
    }
    m_merge.m_definitions.name(frame, own);
    m_merge.m_isNamed[index(frame)] = 1;
    return frame;
  }

  std::string namesKey(const model::FrameNames::Lines& lines, std::uint32_t flags) {
    std::string key = std::to_string(flags);
    for (std::uint32_t i = 0; i < lines.count; ++i) {
      const model::SymbolLine& line = m_profile.definitions.lines[lines.first + i];
      key += '\0' + textOf(line.function) + '\0' + textOf(line.file) + '\0' + std::to_string(line.line);
    }
    return key;
  }

  std::uint32_t moduleOf(std::uint32_t number) {
    std::uint32_t& known = m_modules[number - 1];
    if (known == 0) {
      known = m_merge.moduleOf(m_profile.definitions.modules[number - 1]);
      if (m_missing.empty()) m_missing = m_profile.definitions.namesMissing();
      if (m_missing[number - 1] != model::NamesMissing::No)
        m_merge.m_definitions.add(model::ModuleWord{.module = known - 1, .missing = m_missing[number - 1]});
    }
    return known;
  }

  [[nodiscard]] const std::string& textOf(model::TextId text) const {
    return m_profile.definitions.texts[index(text)];
  }

  ProfileMerge& m_merge;
  const Profile& m_profile;
  std::uint32_t m_process;
  Ids m_ids;
  std::vector<model::FrameId> m_frames;  ///< By frame; "no frame": not yet looked at.
  std::vector<std::uint32_t> m_modules;  ///< By module; 0: likewise.
  std::vector<model::NamesMissing> m_missing;
};

ProfileMerge::Ids ProfileMerge::add(const Profile& profile, std::uint32_t process, Take take) {
  m_isNamed.resize(m_definitions.now().frames.size(), 0);
  Adding adding(*this, profile, process);
  adding.addStacks();
  adding.addPairs(take);
  Ids ids = adding.take();
  addTotals(*profile.counts, ids, take);
  return ids;
}

void ProfileMerge::addTotals(const model::Counts& counts, const Ids& ids, Take take) {
  const auto add = [take](auto& sum, const auto& totals) {
    const bool isGone = take == Take::WithoutLive;
    const bool onlyLive = take == Take::OnlyLive;
    sum.allocations += onlyLive ? totals.liveBlocks() : totals.allocations;
    sum.frees += onlyLive ? 0 : isGone ? totals.allocations : totals.frees;
    sum.allocatedBytes += onlyLive ? totals.liveBytes : totals.allocatedBytes;
    sum.liveBytes += isGone ? 0 : totals.liveBytes;
    sum.peakBytes += onlyLive ? 0 : totals.peakBytes;
  };
  add(m_counts.totals, counts.totals);
  if (take != Take::OnlyLive) m_counts.totals.temporaries += counts.totals.temporaries;
  model::EstimatedTotals& estimate = m_counts.totals.estimate;
  estimate.allocations += counts.totals.estimate.allocations;
  if (take != Take::WithoutLive) {
    estimate.liveBlocks += counts.totals.estimate.liveBlocks;
    estimate.liveVariance += counts.totals.estimate.liveVariance;
  }
  estimate.peakVariance += counts.totals.estimate.peakVariance;
  for (std::size_t i = 0; i < counts.heaps.size() && i + 1 < ids.heaps.size(); ++i) {
    const std::size_t own = index(ids.heaps[i + 1]) - 1;
    if (own >= m_counts.heaps.size()) m_counts.heaps.resize(own + 1);
    add(m_counts.heaps[own], counts.heaps[i]);
  }
}

Profile ProfileMerge::profile(v1::Summary summary) const {
  auto counts = std::make_shared<model::Counts>(m_counts);
  counts->freeSites.reserve(m_freeSites.size());
  for (const auto& [key, frees] : m_freeSites)
    counts->freeSites.push_back({.pair = static_cast<model::PairId>(key >> 32),
                                 .stack = static_cast<model::StackId>(key & 0xFFFF'FFFF),
                                 .frees = frees});
  model::FreeSites::sort(counts->freeSites);
  const model::DefinitionsView definitions = m_definitions.view();
  return {.definitions = definitions,
          .names = FrameNames::of(definitions),
          .counts = std::move(counts),
          .summary = std::make_shared<const v1::Summary>(std::move(summary))};
}

ProfileMerge::Processes ProfileMerge::processesAt(const SiteKey& site) const {
  const auto found = m_presence.find({number(site.stack), number(site.heap)});
  if (found == m_presence.end()) return {};
  return {.allocating = found->second.allocating.count, .holding = found->second.holding.count};
}

model::TextId ProfileMerge::textOf(const std::string& text) {
  if (text.empty()) return {};
  const auto [found, isNew] = m_texts.try_emplace(text);
  if (isNew) found->second = m_definitions.addText(text);
  return found->second;
}

std::uint32_t ProfileMerge::moduleOf(const model::Module& module) {
  const auto next = static_cast<std::uint32_t>(m_definitions.now().modules.size() + 1);
  const auto [found, isNew] = m_modules.try_emplace({module.path, module.buildId}, next);
  if (isNew) m_definitions.add(module);
  return found->second;
}

model::HeapId ProfileMerge::heapOf(const std::string& name) {
  const auto next = static_cast<model::HeapId>(m_definitions.now().heaps());
  const auto [found, isNew] = m_heaps.try_emplace(name, next);
  if (isNew) m_definitions.addHeap(name);
  return found->second;
}

model::StackId ProfileMerge::stackBelow(model::StackId parent, model::FrameId frame) {
  const auto next = static_cast<model::StackId>(m_definitions.now().stacks.size());
  const auto [found, isNew] = m_stacks.try_emplace(joined(index(parent), index(frame)), next);
  if (isNew) m_definitions.add(model::StackNode{.parent = parent, .frame = frame});
  return found->second;
}

model::PairId ProfileMerge::pairOf(const model::Pair& pair) {
  const auto next = static_cast<model::PairId>(m_definitions.now().pairs.size());
  const PairKey key{pair.size,           pair.slack,        pair.sampleInterval,          number(pair.stack),
                    number(pair.origin), number(pair.heap), std::uint32_t{pair.alignLog2}};
  const auto [found, isNew] = m_pairs.try_emplace(key, next);
  if (isNew) {
    m_definitions.add(pair);
    m_counts.pairs.emplace_back();
  }
  return found->second;
}

}  // namespace heaptap::client
