// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "export/html/html.h"
#include "tests/client/profile_builder.h"
#include "tests/export/text_sink.h"

namespace heaptap::exporting {
namespace {

/// What the tiles of a page say, by their names.
std::map<std::string, std::string> factsOf(client::ProfileBuilder& builder, std::uint64_t left) {
  builder.summary().set_executable("/usr/bin/program");
  builder.summary().set_live_bytes(left);
  const Subject subject{.title = "x.heaptap", .profile = builder.profile(), .cost = Cost::Peak};
  test::TextSink sink;
  writeHtml(subject, sink);
  const std::string page = sink.text();
  const std::size_t begin = page.find("id=\"data\">") + 10;
  const auto data = nlohmann::json::parse(page.substr(begin, page.find("</script", begin) - begin));
  std::map<std::string, std::string> facts;
  for (const auto& fact : data.at("facts")) facts[fact.at(0)] = fact.at(2);
  return facts;
}

TEST(PageFacts, SayWhatLeaksWhatIsKeptOnPurposeAndBothTogether) {
  client::ProfileBuilder builder;
  builder.summary().mutable_info()->set_state(v1::SESSION_COMPLETE);
  builder.count({.size = 100, .stack = builder.stack({"parse", "main"}), .allocations = 3, .live = 3});
  const auto library = builder.module("/usr/lib/libstdc++.so.6");
  const auto loader = builder.module("/lib64/ld-linux-x86-64.so.2");
  builder.count({.size = 72704,
                 .stack = builder.stackOf({builder.place({}, 0, library), builder.place({}, 0, loader)}),
                 .allocations = 1,
                 .live = 1});
  auto facts = factsOf(builder, 73004);
  EXPECT_EQ(facts["leaked"], "300 bytes in 3 blocks");
  EXPECT_EQ(facts["kept on purpose"], "72,704 bytes in 1 block");
  EXPECT_EQ(facts["left at end"], "73,004 bytes together");
}

TEST(PageFacts, OfWhatOnlyLeaksAreOne) {
  client::ProfileBuilder builder;
  builder.summary().mutable_info()->set_state(v1::SESSION_COMPLETE);
  builder.count({.size = 100, .stack = builder.stack({"parse", "main"}), .allocations = 3, .live = 3});
  auto facts = factsOf(builder, 300);
  EXPECT_EQ(facts["leaked"], "300 bytes");
  EXPECT_FALSE(facts.contains("left at end"));
  EXPECT_FALSE(facts.contains("kept on purpose"));
}

}  // namespace
}  // namespace heaptap::exporting
