// SPDX-License-Identifier: Apache-2.0
#include "export/report/json_tables.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "export/report/report_json.h"
#include "heaptap/v1/ingest.pb.h"
#include "tests/client/profile_builder.h"
#include "tests/export/synthetic_session.h"
#include "tests/export/text_sink.h"
#include "tests/support/spelled_out.h"

namespace heaptap::exporting {
namespace {

using client::SiteOrder;
using client::SiteTable;
using Json = nlohmann::json;

/// A report with all sites of a profile, most bytes at the peak first, and nothing else.
Json tablesOf(const client::Profile& profile) {
  const SiteTable table(profile);
  test::TextSink out;
  {
    JsonWriter writer(out);
    StackTables stacks(profile);
    writer.beginObject();
    writer.key("sites");
    writeSites(writer, table, table.select({.order = SiteOrder::PeakBytes}).sites, stacks);
    stacks.writeTables(writer);
    writer.endObject();
  }
  return Json::parse(out.text());
}

TEST(JsonTables, ASiteHasItsNumbersSizesAndStack) {
  const Json sites = heaptap::test::spelledOut(tablesOf(test::twoSites())).at("sites");
  ASSERT_EQ(sites.size(), 2U);
  EXPECT_EQ(sites[0], Json::parse(R"({
    "bytes": 240, "blocks": 10, "allocations": 1434, "allocatedBytes": 848816, "peakBytes": 410080,
    "temporaries": 12, "heap": null,
    "sizeHistogram": [
      {"minBytes": 16, "maxBytes": 31, "allocations": 1234, "liveBlocks": 10},
      {"minBytes": 4096, "maxBytes": 8191, "allocations": 200, "liveBlocks": 0}],
    "entryPoints": ["malloc", "operator new[]"],
    "overAllocatedBytes": 9872, "liveOverAllocatedBytes": 80, "peakOverAllocatedBytes": 160,
    "stack": [
      {"function": "jv_mem_alloc", "file": "/build/jq-1.6/src/jv_alloc.c", "line": 123,
       "module": "/usr/lib/x86_64-linux-gnu/libjq.so.1.0.4", "moduleOffset": 4144, "address": 1879052336,
       "inlined": true, "guessed": false},
      {"function": "jv_string", "file": null, "line": null,
       "module": "/usr/lib/x86_64-linux-gnu/libjq.so.1.0.4", "moduleOffset": 4144, "address": 1879052336,
       "inlined": false, "guessed": false},
      {"function": null, "file": null, "line": null, "module": "/usr/lib/x86_64-linux-gnu/libjq.so.1.0.4",
       "moduleOffset": 4128, "address": 1879052320, "inlined": false, "guessed": true},
      {"function": "main", "file": null, "line": null, "module": "/usr/bin/program", "moduleOffset": 4112,
       "address": 4198416, "inlined": false, "guessed": false}]})"));
  EXPECT_TRUE(sites[1].at("overAllocatedBytes").is_null()) << "the allocator did not say";
}

TEST(JsonTables, EachStackAndEachFrameIsThereOnce) {
  const Json tables = tablesOf(test::twoSites());
  // main, the nameless one, the two lines of the one site and the one line of the other.
  EXPECT_EQ(tables["stacks"]["frame"].size(), 5U);
  EXPECT_EQ(tables["frames"]["function"].size(), 5U);
  EXPECT_EQ(tables["modules"]["buildId"], (Json{"0102", nullptr}));
  for (const auto& [name, table] : tables.items())
    for (const auto& [column, values] : table.items())
      EXPECT_EQ(values.size(), table.begin()->size()) << name << "." << column;
}

TEST(JsonTables, OfAProgramThatRecursesAreAsLongAsItsDeepestStack) {
  client::ProfileBuilder builder;
  std::vector<model::FrameId> frames;
  const auto again = builder.frame("again");
  for (int depth = 0; depth < 2000; ++depth) {
    frames.push_back(again);
    builder.count({.size = 8, .stack = builder.stackOf(frames), .allocations = 1});
  }
  const Json tables = tablesOf(builder.profile());
  EXPECT_EQ(tables["sites"]["stack"].size(), 2000U);
  EXPECT_EQ(tables["stacks"]["frame"].size(), 2000U);
  EXPECT_EQ(tables["frames"]["function"].size(), 1U);
}

TEST(JsonTables, UnknownIsNull) {
  client::ProfileBuilder builder;
  builder.count({.size = 8, .stack = {}, .allocations = 1});
  const auto lost = builder.place({}, v1::FRAME_LOST, 0);
  const auto outside = builder.place({}, 0, 0);
  builder.count({.size = 4, .stack = builder.stackOf({outside, lost}), .allocations = 1});
  const Json tables = tablesOf(builder.profile());
  EXPECT_EQ(tables["sites"]["stack"], (Json{nullptr, 1}));
  EXPECT_EQ(tables["frames"]["function"], (Json{"[outer frames: could not be followed]", nullptr}));
  for (const char* const column : {"file", "line", "module", "moduleOffset"})
    EXPECT_EQ(tables["frames"][column], (Json{nullptr, nullptr})) << column;
  EXPECT_TRUE(tables["frames"]["address"][0].is_null());
  EXPECT_FALSE(tables["frames"]["address"][1].is_null()) << "outside of any module, the one in the process";
}

TEST(JsonTables, TellHowSureEstimatesAre) {
  client::ProfileBuilder builder;
  builder.count({.size = 64, .stack = builder.stack({"f"}), .allocations = 3, .sampleInterval = 512});
  const Json sites = tablesOf(builder.profile())["sites"];
  EXPECT_GT(sites["allocationsError"][0].get<double>(), 0);
  EXPECT_FALSE(tablesOf(test::twoSites())["sites"].contains("allocationsError"));
}

TEST(JsonTables, SayWhereBlocksAreFreed) {
  client::ProfileBuilder builder;
  const auto pair = builder.count({.size = 64, .stack = builder.stack({"f", "main"}), .allocations = 3});
  builder.freedAt(pair, builder.stack({"g", "main"}), 2);
  const Json site = heaptap::test::spelledOut(tablesOf(builder.profile()))["sites"][0];
  EXPECT_EQ(site["freedAt"][0]["frees"], 2);
  EXPECT_EQ(site["freedAt"][0]["stack"][0]["function"], "g");
}

TEST(JsonTables, SitesOfOtherHeapsNameThem) {
  client::ProfileBuilder builder;
  builder.count(
      {.size = 64, .stack = builder.stack({"load"}), .allocations = 3, .heap = builder.heap("textures")});
  const Json sites = tablesOf(builder.profile())["sites"];
  EXPECT_EQ(sites["heap"][0], "textures");
  EXPECT_TRUE(sites["temporaries"][0].is_null()) << "not counted there, which is not zero";
}

TEST(JsonTables, NamesThatAreNoUtf8AreRepaired) {
  client::ProfileBuilder builder;
  builder.count({.size = 64, .stack = builder.stack({"caf\xe9 \"x\"", "b\nc"}), .allocations = 3});
  EXPECT_EQ(tablesOf(builder.profile())["frames"]["function"], (Json{"b\nc", "caf\xEF\xBF\xBD \"x\""}));
}

}  // namespace
}  // namespace heaptap::exporting
