// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/layering/layers.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::layering {
namespace {

namespace fs = std::filesystem;

TEST(Layers, FindIncludesInSource) {
  const auto includes = includesIn("#include <vector>\n  #  include \"base/error.h\"\n// #include <no>\n");
  ASSERT_EQ(includes.size(), 2U);
  EXPECT_EQ(includes[0].path, "vector");
  EXPECT_FALSE(includes[0].quoted);
  EXPECT_EQ(includes[1].path, "base/error.h");
  EXPECT_TRUE(includes[1].quoted);
}

TEST(Layers, AllowWhatTheDesignAllows) {
  EXPECT_FALSE(violation("agent/capture/record/record_events.cpp", {"agent/wire/layout.h", true}));
  EXPECT_FALSE(violation("agent/relay/uplink/uplink.cpp", {"heaptap/v1/ingest.grpc.pb.h", true}));
  EXPECT_FALSE(violation("collector/service/server.cpp", {"collector/store/session_writer.h", true}));
  EXPECT_FALSE(violation("cli/run/recording.cpp", {"text/quantity.h", true}));
  EXPECT_FALSE(violation("collector/model/session_model.h", {"vector", false}));
  EXPECT_FALSE(violation("agent/alloc/include/heaptap/alloc.h", {"heaptap/alloc/layout.h", false}));
  EXPECT_FALSE(violation("agent/interpose/operators.cpp", {"heaptap/alloc/layout.h", false}));
}

TEST(Layers, RefuseArrowsTheOtherWay) {
  EXPECT_TRUE(violation("agent/wire/layout.h", {"agent/capture/record/record_events.h", true}));
  EXPECT_TRUE(
      violation("agent/capture/record/record_events.cpp", {"agent/interpose/real_allocator.h", true}));
  EXPECT_TRUE(violation("agent/capture/record/record_events.cpp", {"base/error.h", true}));
  EXPECT_TRUE(violation("agent/relay/relay.cpp", {"collector/model/event.h", true}));
  EXPECT_TRUE(violation("collector/model/event.h", {"collector/store/database.h", true}));
  EXPECT_TRUE(violation("text/quantity.cpp", {"heaptap/v1/query.pb.h", false}));
  EXPECT_TRUE(violation("gui/models/findings/finding.h", {"proto/words/origin_name.h", true}));
  EXPECT_TRUE(violation("cli/report/run_tree.cpp", {"collector/model/event.h", true}));
  EXPECT_TRUE(violation("agent/capture/attach/gate.cpp", {"heaptap/v1/ingest.pb.h", false}));
  EXPECT_TRUE(violation("agent/alloc/include/heaptap/alloc/layout.h", {"agent/capture/heaptap_abi.h", true}));
  EXPECT_TRUE(violation("collector/model/event.h", {"heaptap/alloc.h", false}));
}

TEST(Layers, RefuseWhatALayerMustDoWithout) {
  EXPECT_TRUE(violation("agent/capture/record/record_events.cpp", {"grpcpp/grpcpp.h", false}));
  EXPECT_TRUE(violation("agent/interpose/malloc_family.cpp", {"string", false}));
  EXPECT_TRUE(violation("collector/model/session_model.cpp", {"thread", false}));
  EXPECT_TRUE(violation("collector/model/session_model.cpp", {"sys/mman.h", false}));
  EXPECT_TRUE(violation("gui/models/call_tree.h", {"sqlite3.h", false}));
  EXPECT_TRUE(violation("somewhere/new.cpp", {"vector", false}));
}

TEST(Layers, HoldInEverySourceFile) {
  std::set<std::string> seen;
  for (const char* const top :
       {"base", "text", "blob", "counting", "proto", "rpc", "agent", "collector", "client", "cli", "gui"}) {
    const fs::path folder = fs::path(HEAPTAP_SOURCE_FOLDER) / top;
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const std::string extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp" && extension != ".c") continue;
      const std::string file = fs::relative(entry.path(), HEAPTAP_SOURCE_FOLDER);
      for (const Include& include : includesIn(test::readFile(entry.path()))) {
        const auto reason = violation(file, include);
        EXPECT_FALSE(reason) << file << ": " << *reason;
      }
      seen.insert(layerOf(file).value_or("none"));
    }
  }
  EXPECT_THAT(seen, testing::IsSupersetOf({"base", "text", "proto/words", "agent/alloc", "agent/wire",
                                           "agent/capture", "agent/interpose", "agent/relay", "agent/symbols",
                                           "collector/model", "collector/ingest", "collector/store",
                                           "collector/service", "cli"}));
}

}  // namespace
}  // namespace heaptap::layering
