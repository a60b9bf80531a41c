// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "collector/ingest/definitions_reader.h"
#include "collector/query/counts_stream.h"
#include "collector/query/definitions_stream.h"

namespace heaptap::query {
namespace {

constexpr std::size_t kFrames = 100'000;

/// Frames that have two names each, one of which is long, and a pair for each.
model::Definitions large() {
  model::Definitions definitions;
  const model::TextId shared = definitions.addText("inlined");
  for (std::uint32_t i = 1; i <= kFrames; ++i) {
    definitions.add(model::Frame{.pc = i});
    definitions.add(model::StackNode{.parent = model::StackId{i - 1}, .frame = model::FrameId{i}});
    definitions.add(model::Pair{.size = i, .stack = model::StackId{i}});
    const model::TextId name = definitions.addText(std::string(100, 'n') + std::to_string(i));
    definitions.name(model::FrameId{i}, std::array{model::SymbolLine{.function = shared, .inlined = true},
                                                   model::SymbolLine{.function = name, .line = i}});
  }
  return definitions;
}

void apply(ingest::DefinitionsReader& reader, const v1::DefinitionsReply& reply,
           model::Definitions& definitions) {
  Result<void> applied;
  if (reply.has_frames()) applied = reader.apply(reply.frames(), definitions);
  if (reply.has_stack_nodes()) applied = reader.apply(reply.stack_nodes(), definitions);
  if (reply.has_pairs()) applied = reader.apply(reply.pairs(), definitions);
  if (reply.has_symbols()) applied = reader.apply(reply.symbols(), definitions);
  ASSERT_TRUE(applied) << applied.error().line();
}

TEST(DefinitionsStream, ComesInMessagesOfBoundedSizeThatMakeTheSame) {
  const auto view =
      std::make_shared<const SessionView>(SessionView{.opened = 7, .definitions = large().view()});
  model::Definitions copied;
  ingest::DefinitionsReader reader;
  v1::DefinitionsPosition position;
  int messages = 0;
  // Each message by a call of its own, as if every stream broke off after one.
  for (bool more = true; more; ++messages) {
    DefinitionsStream stream(view, position);
    v1::DefinitionsReply reply;
    more = stream.next(reply);
    EXPECT_LT(reply.ByteSizeLong(), 4U << 20);
    apply(reader, reply, copied);
    position = reply.position();
  }
  EXPECT_GT(messages, 10);
  EXPECT_EQ(position.namings(), kFrames);
  EXPECT_EQ(position.frames(), kFrames);
  const model::DefinitionsView& found = copied.now();
  ASSERT_EQ(found.namings.size(), kFrames);
  ASSERT_EQ(found.lines.size(), 2 * kFrames);
  ASSERT_EQ(found.pairs.size(), kFrames);
  EXPECT_EQ(found.texts.size(), view->definitions.texts.size()) << "each text is kept once";
  for (std::size_t i = 0; i < kFrames; ++i) {
    ASSERT_EQ(found.pairs[i], view->definitions.pairs[i]);
    const model::Naming& naming = found.namings[i];
    ASSERT_EQ(found.texts[index(found.lines[naming.firstLine + 1].function)],
              std::string(100, 'n') + std::to_string(index(naming.frame)));
  }
}

TEST(DefinitionsStream, AFrameThatWasNamedTwiceHasItsSecondName) {
  model::Definitions definitions;
  definitions.add(model::Frame{.pc = 1});
  for (const char* name : {"first", "second"})
    definitions.name(model::FrameId{1}, std::array{model::SymbolLine{.function = definitions.addText(name)}});
  DefinitionsStream stream(
      std::make_shared<const SessionView>(SessionView{.definitions = definitions.view()}), {});
  model::Definitions copied;
  ingest::DefinitionsReader reader;
  for (v1::DefinitionsReply reply; stream.next(reply);) apply(reader, reply, copied);
  ASSERT_EQ(copied.now().namings.size(), 2U);
  EXPECT_EQ(copied.now().lines.size(), 2U);
  EXPECT_EQ(copied.now().texts[index(copied.now().lines[1].function)], "second");
}

TEST(DefinitionsStream, ACallerThatKnowsMoreThanACollectorThatWasKilledKeepsIt) {
  model::Definitions few;
  few.add(model::Frame{.pc = 1});
  v1::DefinitionsPosition position;
  position.set_frames(5);
  position.set_pairs(7);
  DefinitionsStream before(
      std::make_shared<const SessionView>(SessionView{.opened = 1, .definitions = few.view()}), position);
  v1::DefinitionsReply reply;
  EXPECT_FALSE(before.next(reply));
  EXPECT_EQ(reply.position().frames(), 5U);
  EXPECT_EQ(reply.position().pairs(), 7U);
  for (std::uint64_t pc = 2; pc <= 6; ++pc) few.add(model::Frame{.pc = pc});
  DefinitionsStream after(
      std::make_shared<const SessionView>(SessionView{.opened = 1, .definitions = few.view()}),
      reply.position());
  EXPECT_TRUE(after.next(reply));
  ASSERT_EQ(reply.frames().pc_size(), 1);
  EXPECT_EQ(reply.frames().pc(0), 6U);
}

TEST(CountsStream, ComesInMessagesOfBoundedSizeTheSummaryFirst) {
  SessionView view{.definitions = large().view()};
  view.counts.pairs.resize(kFrames);
  for (std::uint32_t i = 1; i < kFrames; ++i) {
    view.counts.pairs[i] = {.allocations = i, .live = i / 2, .liveAtPeak = i / 3, .temporaries = i / 4};
    view.counts.freeSites.push_back({.pair = model::PairId{i}, .stack = model::StackId{1}, .frees = i});
  }
  CountsStream stream({.view = std::make_shared<const SessionView>(view)});
  std::size_t pairs = 0, freeSites = 0;
  int messages = 0;
  for (v1::CountsReply reply; stream.next(reply); ++messages) {
    EXPECT_EQ(reply.has_summary(), messages == 0);
    EXPECT_LT(reply.ByteSizeLong(), 4U << 20);
    std::uint32_t pair = 0;
    for (int i = 0; i < reply.pair_size(); ++i) {
      pair += reply.pair(i);
      ASSERT_EQ(pair, ++pairs) << "the first one has counted nothing";
      ASSERT_EQ(reply.allocations(i), pair);
      ASSERT_EQ(reply.live(i), pair / 2);
      ASSERT_EQ(reply.live_at_peak(i), pair / 3);
      ASSERT_EQ(reply.temporaries(i), pair / 4);
    }
    for (int i = 0; i < reply.free_pair_size(); ++i) ASSERT_EQ(reply.free_pair(i), ++freeSites);
  }
  EXPECT_EQ(pairs, kFrames - 1);
  EXPECT_EQ(freeSites, kFrames - 1);
  EXPECT_EQ(messages, 4);
}

}  // namespace
}  // namespace heaptap::query
