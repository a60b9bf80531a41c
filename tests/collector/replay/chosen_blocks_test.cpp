// SPDX-License-Identifier: Apache-2.0
//
// The blocks of some threads, and those that lived so long, against the same by the plainest means.
#include "collector/replay/chosen_blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/collector/replay/random_session.h"

namespace heaptap::replay {
namespace {

class Chosen : public testing::TestWithParam<unsigned> {
 protected:
  std::uint64_t anyTime() { return static_cast<std::uint64_t>(session.below(static_cast<int>(end + 1))); }
  Place placeAt(std::uint64_t ns) { return instantAt(events, AtTime{ns}).value().place; }
  model::BlockChoice anyChoice() {
    model::BlockChoice choice;
    if (session.below(2) == 0) choice.threads = {model::ThreadIndex{0}, model::ThreadIndex{2}};
    if (session.below(2) == 0) choice.minLifetimeNs = anyTime() / 8;
    if (session.below(2) == 0) choice.maxLifetimeNs = choice.minLifetimeNs + anyTime() / 4;
    return choice;
  }
  /// By pair, of the blocks that are allocated and freed among the first `last` events.
  std::vector<model::PairCounters> expected(const ChosenBlocks& chosen, std::size_t first, std::size_t last) {
    struct Life {
      Reference::Event born;
      std::size_t bornAt = 0;
      std::optional<std::size_t> freedAt = std::nullopt;
      bool isTemporary = false;
    };
    std::map<std::uint64_t, Life> lives;
    std::map<std::uint32_t, std::uint64_t> lastOf;
    for (std::size_t i = 0; i < last; ++i) {
      const Reference::Event& event = reference.events()[i];
      if (event.isFree) {
        Life& life = lives.at(event.number);
        life.freedAt = i;
        const auto known = lastOf.find(event.thread);
        life.isTemporary = known != lastOf.end() && known->second == event.number;
      } else {
        lives[event.number] = {.born = event, .bornAt = i};
        lastOf[event.thread] = event.number;
      }
    }
    std::vector<model::PairCounters> pairs(session.stored().builder.record().definitions.view().pairs.size());
    const auto& threads = chosen.choice.threads;
    const bool isGone = chosen.which == OfStretch::Gone;
    for (const auto& [number, life] : lives) {
      const auto thread = static_cast<model::ThreadIndex>(life.born.thread);
      if (!threads.empty() && std::find(threads.begin(), threads.end(), thread) == threads.end()) continue;
      const std::uint64_t endNs = life.freedAt ? reference.events()[*life.freedAt].atNs : chosen.toNs;
      const std::uint64_t lived = endNs - life.born.atNs;
      if (lived < chosen.choice.minLifetimeNs || lived > chosen.choice.maxLifetimeNs) continue;
      model::PairCounters& pair = pairs[life.born.pair];
      if (isGone) {
        if (life.bornAt >= first || !life.freedAt || *life.freedAt < first) continue;
        ++pair.allocations;
        ++pair.live;
      } else if (life.bornAt >= first) {
        ++pair.allocations;
        if (!life.freedAt) ++pair.live;
        if (life.isTemporary) ++pair.temporaries;
      }
    }
    return pairs;
  }

  RandomSession session{GetParam()};
  Reference reference = session.reference();
  std::uint64_t end = reference.events().back().atNs;
  store::SessionReader reader = store::SessionReader::open(session.file()).value();
  StoredEvents events{reader, session.stored().builder.record().definitions.view(), 1, [] { return false; }};
};

TEST_P(Chosen, AreThoseThatTheEventsTell) {
  for (int i = 0; i < 60; ++i) {
    const auto [from, to] = std::minmax({anyTime(), anyTime()});
    ChosenBlocks chosen{.from = std::nullopt, .to = placeAt(to), .toNs = to, .choice = anyChoice()};
    if (i % 3 != 0) chosen.from = placeAt(from);
    if (i % 3 == 2) chosen.which = OfStretch::Gone;
    const auto found = countsOfChosen(events, chosen);
    ASSERT_TRUE(found) << found.error().line();
    const std::size_t first = chosen.from ? reference.countUntil(from) : 0;
    EXPECT_EQ(found->counts.pairs, expected(chosen, first, reference.countUntil(to)));
    std::uint64_t live = 0;
    for (std::uint32_t pair = 0; pair < found->counts.pairs.size(); ++pair)
      live += found->counts.pairs[pair].live * reference.sizeOf(pair);
    EXPECT_EQ(found->counts.totals.liveBytes, live);
  }
}

TEST_P(Chosen, WithoutAChoiceAllAreCounted) {
  const auto all = countsOfChosen(events, {.to = placeAt(end), .toNs = end}).value();
  const model::Counts& counted = session.stored().builder.record().model.counts();
  ASSERT_EQ(all.counts.pairs.size(), counted.pairs.size());
  for (std::size_t i = 0; i < counted.pairs.size(); ++i) {
    EXPECT_EQ(all.counts.pairs[i].allocations, counted.pairs[i].allocations);
    EXPECT_EQ(all.counts.pairs[i].live, counted.pairs[i].live);
    EXPECT_EQ(all.counts.pairs[i].temporaries, counted.pairs[i].temporaries);
  }
  EXPECT_EQ(all.lifetimes, session.stored().builder.record().model.lifetimes());
}

TEST_P(Chosen, MissingEventsAreNoAnswer) {
  const Place first = placeAt(end / 20), last = placeAt(end);
  session.change(
      "DELETE FROM event_blob WHERE sequence = (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 9)");
  EXPECT_EQ(countsOfChosen(events, {.to = last, .toNs = end}).error().code, Code::NotFound);
  EXPECT_EQ(countsOfChosen(events, {.from = first, .to = last, .toNs = end}).error().code, Code::NotFound);
  EXPECT_EQ(countsOfChosen(events, {.from = last, .to = first, .toNs = end}).error().code, Code::Usage);
}

INSTANTIATE_TEST_SUITE_P(Random, Chosen, testing::Range(40U, 44U));

}  // namespace
}  // namespace heaptap::replay
