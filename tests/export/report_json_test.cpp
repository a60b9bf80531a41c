// SPDX-License-Identifier: Apache-2.0
#include "export/report/report_json.h"

#include <gmock/gmock.h>

#include "tests/export/synthetic_session.h"

namespace heaptap::exporting {
namespace {

using nlohmann::ordered_json;

TEST(ReportJson, TheSummaryHasAllKeysOfTheContract) {
  const ordered_json json = summaryJson(test::summary());
  EXPECT_EQ(json["command"], (ordered_json{"jq", ".", "big file.json"}));
  EXPECT_EQ(json["pid"], 4711);
  EXPECT_EQ(json["startedAt"], "2023-11-14T22:13:20.000000000Z");
  EXPECT_EQ(json["durationSeconds"], 1.5);
  EXPECT_EQ(json["exitStatus"], 0);
  EXPECT_EQ(json["end"], "exited 0");
  EXPECT_EQ(json["state"], "complete");
  EXPECT_EQ(json["threads"], 2);
  EXPECT_EQ(json["allocations"], 1'030'412);
  EXPECT_EQ(json["frees"], 1'030'400);
  EXPECT_EQ(json["allocatedBytes"], 54'851'000);
  EXPECT_EQ(json["peakBytes"], 12'902'400);
  EXPECT_EQ(json["peakAtSeconds"], 0.812);
  EXPECT_EQ(json["leakedBlocks"], 12);
  EXPECT_EQ(json["leakedBytes"], 1228);
  EXPECT_EQ(json["liveAtEnd"], false);
  EXPECT_EQ(json["temporaryAllocations"], 812'000);
  for (const char* none : {"unmatchedFrees", "unrecordedFrees", "lostFrees", "droppedEvents",
                           "droppedAllocations", "droppedBytes", "droppedFrees", "eventsNotStored",
                           "truncatedStacks", "overflowedStacks", "lostStacks", "guessedStacks"})
    EXPECT_EQ(json[none], 0) << none;
  EXPECT_EQ(json["sessionId"], "00112233445566778899aabbccddeeff");
  EXPECT_EQ(json["executable"], "/usr/bin/jq");
  EXPECT_EQ(json["host"], "vm");
  EXPECT_EQ(json["notes"], ordered_json::array());
}

TEST(ReportJson, DroppedEventsAreBothKinds) {
  v1::Summary summary = test::summary();
  summary.set_dropped_allocations(3);
  summary.set_dropped_frees(4);
  EXPECT_EQ(summaryJson(summary)["droppedEvents"], 7);
  EXPECT_EQ(summaryJson(summary)["drops"], ordered_json::array());
}

TEST(ReportJson, DropsAreToldByTheirReasons) {
  v1::Summary summary = test::summary();
  for (const v1::DropReason reason : {v1::DROP_BUFFER_FULL, v1::DROP_MEMORY}) {
    v1::Drops& drops = *summary.add_drops();
    drops.set_reason(reason);
    drops.set_allocations(3);
    drops.set_bytes(30);
    drops.set_frees(4);
  }
  EXPECT_EQ(summaryJson(summary)["drops"],
            ordered_json::parse(R"([{"reason":"bufferFull","allocations":3,"bytes":30,"frees":4},
                                    {"reason":"memory","allocations":3,"bytes":30,"frees":4}])"));
}

TEST(ReportJson, WhatAForkedProcessInherited) {
  v1::Summary summary = test::summary();
  summary.set_inherited_blocks(5);
  summary.set_inherited_bytes(500);
  summary.set_inherited_frees(2);
  summary.set_inherited_freed_bytes(200);
  const ordered_json json = summaryJson(summary);
  EXPECT_EQ(json["inheritedBlocks"], 5);
  EXPECT_EQ(json["inheritedBytes"], 500);
  EXPECT_EQ(json["inheritedFrees"], 2);
  EXPECT_EQ(json["inheritedFreedBytes"], 200);
}

TEST(ReportJson, UnknownIsNull) {
  v1::Summary summary = test::summary();
  summary.clear_exit_status();
  summary.clear_end();
  summary.mutable_info()->clear_duration_ns();
  const ordered_json json = summaryJson(summary);
  for (const char* key : {"exitStatus", "end", "durationSeconds"}) {
    ASSERT_TRUE(json.contains(key));
    EXPECT_TRUE(json[key].is_null()) << key;
  }
}

TEST(ReportJson, LifetimesAreRangesInNanoseconds) {
  EXPECT_EQ(summaryJson(test::summary())["lifetimeHistogram"],
            ordered_json::parse(R"([{"minNanoseconds":0,"maxNanoseconds":1,"frees":5},
                                    {"minNanoseconds":4,"maxNanoseconds":7,"frees":7}])"));
}

TEST(ReportJson, ImperfectStacksAreCounted) {
  v1::Summary summary = test::summary();
  summary.set_lost_stacks(4);
  summary.set_guessed_stacks(5);
  EXPECT_EQ(summaryJson(summary)["lostStacks"], 4);
  EXPECT_EQ(summaryJson(summary)["guessedStacks"], 5);
}

TEST(ReportJson, TextThatIsNotUtf8IsReplaced) {
  const std::string text = dumped(ordered_json(std::string("a\xFFz\n")));
  EXPECT_EQ(text, "\"a\xEF\xBF\xBDz\\n\"");
}

TEST(ReportJson, ResidentMemoryIsToldWithAndWithoutHeaptap) {
  v1::Summary summary = test::summary();
  EXPECT_TRUE(summaryJson(summary)["maxResidentBytes"].is_null());
  EXPECT_TRUE(summaryJson(summary)["maxResidentBytesWithHeaptap"].is_null());
  summary.set_max_rss_bytes(3000);
  summary.set_target_max_rss_bytes(4096);
  EXPECT_EQ(summaryJson(summary)["maxResidentBytes"], 3000);
  EXPECT_EQ(summaryJson(summary)["maxResidentBytesWithHeaptap"], 4096);
}

TEST(ReportJson, TheCostIsInSecondsAndNullWhereItIsUnknown) {
  v1::Summary summary = test::summary();
  for (const char* unknown :
       {"agentCpuSeconds", "relayCpuSeconds", "collectorCpuSeconds", "maxResidentBytes"})
    EXPECT_TRUE(summaryJson(summary)["ownCost"].at(unknown).is_null()) << unknown;
  v1::OwnCost& cost = *summary.mutable_own_cost();
  cost.set_agent_cpu_ns(500'000'000);
  cost.set_relay_cpu_ns(250'000'000);
  cost.set_collector_cpu_ns(125'000'000);
  cost.set_max_pool_bytes(1096);
  cost.set_truncated_stacks(3);
  cost.set_overflowed_stacks(4);
  summary.set_dropped_allocations(5);
  EXPECT_EQ(summaryJson(summary)["ownCost"], (ordered_json{{"agentCpuSeconds", 0.5},
                                                           {"relayCpuSeconds", 0.25},
                                                           {"collectorCpuSeconds", 0.125},
                                                           {"maxResidentBytes", 1096},
                                                           {"droppedEvents", 5},
                                                           {"truncatedStacks", 3},
                                                           {"overflowedStacks", 4}}));
}

TEST(ReportJson, AMarkSaysWhetherThereIsASnapshot) {
  v1::MarkReport mark;
  mark.set_name("full");
  EXPECT_EQ(markJson(mark)["snapshot"], false);
  mark.set_snapshot(true);
  EXPECT_EQ(markJson(mark)["snapshot"], true);
}

TEST(ReportJson, OtherHeapsAreListed) {
  v1::Summary summary = test::summary();
  EXPECT_EQ(summaryJson(summary)["heaps"], ordered_json::array());
  *summary.add_heaps() = test::heap(2, "textures");
  EXPECT_EQ(summaryJson(summary)["heaps"],
            ordered_json::parse(R"([{"name": "textures", "allocations": 5, "frees": 3, "allocatedBytes": 500,
                "peakBytes": 300, "peakAtSeconds": 0.25, "leakedBlocks": 2, "leakedBytes": 200}])"));
}

}  // namespace
}  // namespace heaptap::exporting
