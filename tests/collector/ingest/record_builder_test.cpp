// SPDX-License-Identifier: Apache-2.0
#include "collector/ingest/record_builder.h"

#include <gtest/gtest.h>

#include <limits>

#include "collector/ingest/limits.h"
#include "tests/collector/recorded_program.h"

namespace heaptap::ingest {
namespace {

RecordBuilder begun() { return *RecordBuilder::begin(test::RecordedProgram().hello()); }

template <class Message>
void expectRefused(RecordBuilder& builder, const Message& message) {
  const auto applied = builder.apply(message);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Code::Corrupt) << applied.error().line();
}

TEST(RecordBuilder, aHelloTellsWhoIsRecorded) {
  const auto builder = begun();
  EXPECT_EQ(builder.record().identity.pid, 4711U);
  EXPECT_EQ(builder.record().identity.command, (std::vector<std::string>{"/usr/bin/program", "--fast"}));
  EXPECT_TRUE(builder.record().identity.parent.isNone());
}

TEST(RecordBuilder, aNewerProtocolIsRefusedWithBothNumbers) {
  v1::Hello hello = test::RecordedProgram().hello();
  hello.set_protocol(kProtocol + 1);
  const auto builder = RecordBuilder::begin(hello);
  ASSERT_FALSE(builder);
  EXPECT_EQ(builder.error().code, Code::ProtocolTooNew);
  EXPECT_NE(builder.error().what.find("protocol " + std::to_string(kProtocol + 1) +
                                      ", this collector up to " + std::to_string(kProtocol)),
            std::string::npos);
}

TEST(RecordBuilder, aHelloThatBreaksItsRulesIsRefused) {
  const auto refused = [](auto damage) {
    v1::Hello hello = test::RecordedProgram().hello();
    damage(hello);
    const auto builder = RecordBuilder::begin(hello);
    return !builder && builder.error().code == Code::Corrupt;
  };
  EXPECT_TRUE(refused([](auto& hello) { hello.set_protocol(0); }));
  EXPECT_TRUE(refused([](auto& hello) { hello.clear_session_id(); }));
  EXPECT_TRUE(refused([](auto& hello) { hello.set_session_id(std::string(16, '\0')); }));
  EXPECT_TRUE(refused([](auto& hello) { hello.set_session_id(std::string(17, 'x')); }));
  EXPECT_TRUE(refused([](auto& hello) { hello.set_tree_id("short"); }));
  EXPECT_TRUE(refused([](auto& hello) { hello.set_parent_session_id("short"); }));
  EXPECT_TRUE(refused([](auto& hello) { hello.set_time_unit_ns(0); }));
  EXPECT_TRUE(refused([](auto& hello) { hello.set_time_unit_ns(kMaxTimeUnitNs + 1); }));
  EXPECT_TRUE(refused([](auto& hello) { hello.set_executable(std::string(kMaxTextBytes + 1, 'x')); }));
}

TEST(RecordBuilder, framesNeedTheirModule) {
  auto builder = begun();
  v1::Frames frames;
  frames.add_pc(1);
  frames.add_flags(0);
  frames.add_module(1);
  expectRefused(builder, frames);
  v1::Modules modules;
  modules.add_modules()->set_path("/lib/a.so");
  ASSERT_TRUE(builder.apply(modules));
  EXPECT_TRUE(builder.apply(frames));
  frames.set_flags(0, 32);
  expectRefused(builder, frames);
  frames.add_pc(2);
  expectRefused(builder, frames);
}

TEST(RecordBuilder, modulesKeepSaneRangesAndBoundedTexts) {
  auto builder = begun();
  v1::Modules modules;
  modules.add_modules()->set_start(2);
  expectRefused(builder, modules);
  modules.mutable_modules(0)->set_end(2);
  modules.mutable_modules(0)->set_build_id(std::string(kMaxBuildIdBytes + 1, 'x'));
  expectRefused(builder, modules);
}

TEST(RecordBuilder, namesAreMissingOfModulesThatThereAre) {
  auto builder = begun();
  v1::ModuleNames names;
  names.add_module(0);
  names.add_missing(v1::ModuleNames::MISSING_FILE_GONE);
  expectRefused(builder, names);
  v1::Modules modules;
  modules.add_modules()->set_path("/lib/a.so");
  ASSERT_TRUE(builder.apply(modules));
  ASSERT_TRUE(builder.apply(names));
  EXPECT_EQ(builder.record().definitions.now().namesMissing()[0], model::NamesMissing::FileGone);
  names.set_missing(0, static_cast<v1::ModuleNames::Missing>(99));
  expectRefused(builder, names);
  names.set_missing(0, v1::ModuleNames::MISSING_UNSPECIFIED);
  ASSERT_TRUE(builder.apply(names));
  EXPECT_EQ(builder.record().definitions.now().namesMissing()[0], model::NamesMissing::No);
  names.add_module(0);
  expectRefused(builder, names);
}

TEST(RecordBuilder, aParentComesBeforeItsChild) {
  auto builder = begun();
  v1::Frames frames;
  frames.add_pc(1);
  frames.add_flags(v1::FRAME_GUESSED);
  frames.add_module(0);
  ASSERT_TRUE(builder.apply(frames));
  v1::StackNodes nodes;
  nodes.add_parent(1);
  nodes.add_frame(1);
  expectRefused(builder, nodes);  // Its own parent.
  nodes.set_parent(0, 0);
  nodes.add_parent(1);
  nodes.add_frame(2);
  expectRefused(builder, nodes);  // No such frame.
  nodes.set_frame(1, 1);
  ASSERT_TRUE(builder.apply(nodes));
  EXPECT_EQ(builder.record().definitions.now().stacks.size(), 3U);
  EXPECT_EQ(builder.record().definitions.now().stackFlags[2], static_cast<std::uint32_t>(v1::FRAME_GUESSED));
}

TEST(RecordBuilder, pairsNeedTheirStackAndASizeThatCanExist) {
  auto builder = begun();
  v1::Pairs pairs;
  pairs.add_size(8);
  pairs.add_stack(1);
  pairs.add_origin(1);
  pairs.add_align_log2(0);
  pairs.add_slack_plus_1(0);
  expectRefused(builder, pairs);
  pairs.set_stack(0, 0);
  pairs.set_size(0, kMaxBlockBytes + 1);
  expectRefused(builder, pairs);
  pairs.set_size(0, 8);
  pairs.set_origin(0, 256);
  expectRefused(builder, pairs);
  pairs.set_origin(0, 1);
  pairs.set_align_log2(0, kMaxAlignLog2 + 1);
  expectRefused(builder, pairs);
  pairs.set_align_log2(0, 12);
  pairs.set_slack_plus_1(0, kMaxBlockBytes + 1);
  expectRefused(builder, pairs);
  pairs.set_slack_plus_1(0, 9);
  pairs.add_sample_interval(kMaxSampleInterval + 1);
  expectRefused(builder, pairs);
  pairs.set_sample_interval(0, 1);
  pairs.add_sample_interval(1);
  expectRefused(builder, pairs);  // One too many.
  pairs.clear_sample_interval();
  pairs.set_origin(0, 200);  // An entry point that a newer agent knows.
  ASSERT_TRUE(builder.apply(pairs));
  EXPECT_EQ(builder.record().definitions.now().pair(model::PairId{0}).slack, 8U);
  pairs.set_slack_plus_1(0, 0);
  ASSERT_TRUE(builder.apply(pairs));
  EXPECT_EQ(builder.record().definitions.now().pair(model::PairId{1}).slack, model::Pair::kUnknownSlack);
}

TEST(RecordBuilder, threadsMayBeRenamed) {
  auto builder = begun();
  v1::Threads threads;
  threads.add_threads()->set_name("program");
  ASSERT_TRUE(builder.apply(threads));
  v1::Threads renamed;
  renamed.add_renamed()->set_name("worker");
  ASSERT_TRUE(builder.apply(renamed));
  EXPECT_EQ(builder.record().definitions.now().threadNames()[0], "worker");
  renamed.mutable_renamed(0)->set_thread(1);
  expectRefused(builder, renamed);
}

TEST(RecordBuilder, gapsAddUp) {
  auto builder = begun();
  v1::Gap gap;
  gap.set_allocations(3);
  gap.set_allocated_bytes(30);
  gap.set_frees(2);
  ASSERT_TRUE(builder.apply(gap));
  ASSERT_TRUE(builder.apply(gap));
  EXPECT_EQ(builder.record().drops.total(), (model::Dropped{.allocations = 6, .bytes = 60, .frees = 4}));
  gap.set_reason(v1::DROP_NESTING);
  ASSERT_TRUE(builder.apply(gap));
  const model::Drops& drops = builder.record().drops;
  EXPECT_EQ(drops.total(), (model::Dropped{.allocations = 9, .bytes = 90, .frees = 6}));
  EXPECT_EQ(drops.of(model::DropReason::Nesting),
            (model::Dropped{.allocations = 3, .bytes = 30, .frees = 2}));
  gap.set_reason(static_cast<v1::DropReason>(v1::DropReason_MAX + 1));
  expectRefused(builder, gap);
  gap.set_reason(v1::DROP_ROOM);
  gap.set_allocations(std::numeric_limits<std::uint64_t>::max());
  expectRefused(builder, gap);
  gap.set_allocations(0);
  gap.set_thread(1);
  expectRefused(builder, gap);
  gap.set_thread(0);
  gap.set_from_ns(1);
  expectRefused(builder, gap);
}

TEST(RecordBuilder, countersReplaceTheOnesBefore) {
  auto builder = begun();
  v1::Counters counters;
  counters.set_unmatched_frees(5);
  ASSERT_TRUE(builder.apply(counters));
  counters.set_unmatched_frees(6);
  counters.set_target_max_rss_bytes(4096);
  ASSERT_TRUE(builder.apply(counters));
  EXPECT_EQ(builder.record().relay.unmatchedFrees, 6U);
  EXPECT_EQ(builder.record().relay.targetMaxRssBytes, 4096U);
  EXPECT_EQ(builder.record().relay.relayCpuNs, std::nullopt) << "unknown is not zero";
}

TEST(RecordBuilder, symbolsNameDefinedFramesWithTextsOfTheMessage) {
  auto builder = begun();
  v1::Symbols symbols;
  symbols.add_text("");
  symbols.add_text("main");
  symbols.add_frame(1);
  symbols.add_function(1);
  symbols.add_file(0);
  symbols.add_line(3);
  symbols.add_inlined(false);
  expectRefused(builder, symbols);  // No such frame.
  v1::Frames frames;
  frames.add_pc(1);
  frames.add_flags(0);
  frames.add_module(0);
  ASSERT_TRUE(builder.apply(frames));
  ASSERT_TRUE(builder.apply(symbols));
  ASSERT_TRUE(builder.apply(symbols));
  EXPECT_EQ(builder.record().definitions.now().texts.size(), 2U) << "each text is kept once";
  symbols.set_function(0, 2);
  expectRefused(builder, symbols);
  symbols.set_function(0, 1);
  symbols.set_text(0, "not empty");
  expectRefused(builder, symbols);
  symbols.clear_text();
  expectRefused(builder, symbols);
}

TEST(RecordBuilder, oneGoodbyeIsEnough) {
  auto builder = begun();
  v1::Goodbye goodbye;
  goodbye.set_end(static_cast<v1::Goodbye::End>(99));
  expectRefused(builder, goodbye);
  goodbye.set_end(v1::Goodbye::END_SIGNALED);
  goodbye.set_status(9);
  ASSERT_TRUE(builder.apply(goodbye));
  EXPECT_EQ(builder.record().ending->how, model::Ending::How::Signaled);
  expectRefused(builder, goodbye);
}

v1::ResidentMemory resident(std::uint64_t atNs, std::uint64_t rss, std::uint64_t own) {
  v1::ResidentMemory message;
  message.add_at_ns(atNs);
  message.add_rss_bytes(rss);
  message.add_pss_bytes(0);
  message.add_pool_bytes(own);
  return message;
}

TEST(RecordBuilder, residentMemoryIsSampledInTheOrderOfTime) {
  auto builder = begun();
  ASSERT_TRUE(builder.apply(resident(5, 4096, 1024)));
  ASSERT_TRUE(builder.apply(resident(5, 8192, 0)));
  const auto& samples = builder.record().resident.samples();
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].programBytes(), 3072U);
  EXPECT_EQ(samples[0].pssBytes, std::nullopt);
  EXPECT_EQ(samples[1].ownBytes, std::nullopt);
  expectRefused(builder, resident(4, 4096, 0));
  expectRefused(builder, resident(kMaxTimeNs + 1, 4096, 0));
  expectRefused(builder, resident(6, kMaxBlockBytes + 1, 0));
  v1::ResidentMemory uneven = resident(6, 4096, 0);
  uneven.add_rss_bytes(1);
  expectRefused(builder, uneven);
  EXPECT_EQ(builder.record().resident.samples().size(), 2U);
}

TEST(RecordBuilder, snapshotsAreBoundedAndTheMarksStay) {
  using Snapshot = model::Mark::Snapshot;
  auto builder = begun();
  v1::Mark mark;
  ASSERT_TRUE(builder.apply(mark));
  mark.set_snapshot(true);
  for (std::size_t i = 0; i <= kMaxSnapshots; ++i) ASSERT_TRUE(builder.apply(mark));
  const auto& marks = builder.record().marks;
  ASSERT_EQ(marks.size(), kMaxSnapshots + 2);
  EXPECT_EQ(marks[0].snapshot, Snapshot::None);
  EXPECT_EQ(marks[1].snapshot, Snapshot::Kept);
  EXPECT_EQ(marks[kMaxSnapshots].snapshot, Snapshot::Kept);
  EXPECT_EQ(marks[kMaxSnapshots + 1].snapshot, Snapshot::NotKept);
}

v1::Pairs pairInHeap(std::uint32_t heap, v1::Origin origin) {
  v1::Pairs pairs;
  pairs.add_size(16);
  pairs.add_stack(0);
  pairs.add_origin(static_cast<std::uint32_t>(origin));
  pairs.add_align_log2(0);
  pairs.add_slack_plus_1(0);
  pairs.add_heap(heap);
  return pairs;
}

TEST(RecordBuilder, heapsAreDefinedBeforeTheirPairs) {
  auto builder = begun();
  v1::Pairs pairs = pairInHeap(2, v1::ORIGIN_CUSTOM_ALLOCATE);
  expectRefused(builder, pairs);
  v1::Heaps heaps;
  heaps.add_name("textures");
  ASSERT_TRUE(builder.apply(heaps));
  ASSERT_TRUE(builder.apply(pairs));
  EXPECT_EQ(builder.record().definitions.now().heapName(model::HeapId{2}), "textures");
  EXPECT_EQ(builder.record().definitions.now().heapName(model::kMappingsHeap), "mappings");
  EXPECT_EQ(builder.record().definitions.now().heapName(model::kMallocHeap), "");
  pairs.set_heap(0, 3);
  expectRefused(builder, pairs);
  pairs.set_heap(0, 1);
  pairs.add_heap(1);
  expectRefused(builder, pairs);
}

TEST(RecordBuilder, heapsNeedNamesAndHaveALimit) {
  auto builder = begun();
  v1::Heaps heaps;
  heaps.add_name("");
  expectRefused(builder, heaps);
  heaps.set_name(0, std::string(kMaxTextBytes + 1, 'x'));
  expectRefused(builder, heaps);
  heaps.set_name(0, "x");
  while (static_cast<std::size_t>(heaps.name_size()) < kMaxHeaps) heaps.add_name("x");
  expectRefused(builder, heaps);
}

TEST(RecordBuilder, onlyMallocsAllocationsAreSampled) {
  auto builder = begun();
  v1::Pairs pairs = pairInHeap(1, v1::ORIGIN_MMAP);
  pairs.add_sample_interval(1024);
  expectRefused(builder, pairs);
}

}  // namespace
}  // namespace heaptap::ingest
