// SPDX-License-Identifier: Apache-2.0
//
// Other times than now, asked over gRPC: of a session that is recorded, and of one that is stored.
#include <gmock/gmock.h>

#include "client/collector_source.h"
#include "client/site_table.h"
#include "client/stack_lines.h"
#include "tests/collector/counted_messages.h"
#include "tests/collector/service/recording_fixture.h"

namespace heaptap::service {
namespace {

using client::When;
using testing::HasSubstr;

/// 100 bytes at 1 us; 200 at 2 us, freed at 4 us; 300 at 3 us by another thread; a mark between 3 and 4 us.
class Instants : public Recording {
 protected:
  std::vector<v1::RecordRequest> messages() {
    const auto parse = program.stack({"parse", "main"}), render = program.stack({"render", "main"});
    program.at(1'000).allocate(100, parse);
    const auto second = program.at(2'000).allocate(200, render);
    program.on(program.thread("worker")).at(3'000).allocate(300, parse);
    program.flush();
    v1::RecordRequest mark;
    mark.mutable_mark()->set_name("warm");
    mark.mutable_mark()->set_at_ns(3'500);
    program.send(mark);
    program.at(4'000).free(second);
    program.at(5'000).allocate(400, render);
    program.exit(0);
    return program.messages();
  }
  client::CollectorSource source() { return {channel, "the collector"}; }
  /// `function bytes` of each site with live blocks, most first; or, without an answer, its error's code.
  std::string live(const When& when) {
    const auto profile = source().profile("", when, {});
    if (!profile) return std::string(nameOf(profile.error().code));
    const client::SiteTable table(*profile);
    std::string text;
    for (const std::uint32_t site : table.select({.order = client::SiteOrder::LiveBytes}).sites)
      text += std::string(client::stackLines(*profile, table.key(site).stack).at(0).function) + " " +
              std::to_string(table.counters(site).liveBytes) + "\n";
    return text;
  }
  std::vector<std::uint64_t> addressesAt(const v1::Instant& at, const model::BlockQuery& wanted = {}) {
    std::vector<std::uint64_t> addresses;
    const auto found = source().blocks("", at, wanted, {});
    EXPECT_TRUE(found) << found.error().line();
    for (const model::LiveBlock& block : found->blocks.page) addresses.push_back(block.address);
    EXPECT_EQ(found->blocks.blocks, addresses.size());
    return addresses;
  }
  void expectAll() {
    EXPECT_EQ(live({.at = When::time(0)}), "");
    EXPECT_EQ(live({.at = When::time(2'000)}), "render 200\nparse 100\n");
    EXPECT_EQ(live({.at = When::time(4'000)}), "parse 400\n");
    EXPECT_EQ(live({.at = When::mark("warm")}), "parse 400\nrender 200\n");
    EXPECT_EQ(live({.at = When::mark("cold")}), nameOf(Code::NotFound));
    EXPECT_EQ(live({.at = When::peak()}), "parse 400\nrender 400\n");
    EXPECT_EQ(live({.at = When::time(5'000), .from = When::time(1'500)}), "render 400\nparse 300\n");
    EXPECT_EQ(live({.at = When::time(5'000), .from = When::mark("warm"), .gone = true}), "render 200\n");
    EXPECT_EQ(live({.at = When::time(1'000), .from = When::time(2'000)}), nameOf(Code::Usage));

    const auto stretch =
        source().profile("", {.at = When::time(5'000), .from = When::time(2'500)}, {}).value();
    EXPECT_TRUE(stretch.isStretch());
    EXPECT_EQ(stretch.instant->from().live_bytes(), 300U);
    EXPECT_EQ(stretch.instant->live_bytes(), 800U);
    EXPECT_EQ(stretch.instant->frees() - stretch.instant->from().frees(), 1U);
    EXPECT_EQ(stretch.summary->allocations(), 2U);
    EXPECT_EQ(stretch.summary->peak_bytes(), 0U);

    EXPECT_EQ(addressesAt(When::time(3'000)), (std::vector<std::uint64_t>{0x10000, 0x10100, 0x10200}));
    EXPECT_EQ(addressesAt(When::time(4'500)), (std::vector<std::uint64_t>{0x10000, 0x10200}));
    EXPECT_EQ(addressesAt(When::time(3'000), {.threads = {model::ThreadIndex{1}}}),
              std::vector<std::uint64_t>{0x10200});
    EXPECT_EQ(addressesAt(When::time(3'000), {.pairs = {model::PairId{1}}}),
              std::vector<std::uint64_t>{0x10100});
    const auto tooFar = source().blocks("", When::time(0), {.skip = ~std::uint64_t{0}}, {});
    ASSERT_FALSE(tooFar);
    EXPECT_EQ(tooFar.error().code, Code::Usage);

    const auto lives = source().lives("", 0x10100, 0x10101, 10, {}).value();
    ASSERT_EQ(lives.lives.size(), 1U);
    EXPECT_EQ(lives.lives[0].block.atNs, 2'000U);
    ASSERT_TRUE(lives.lives[0].end);
    EXPECT_EQ(lives.lives[0].end->atNs, 4'000U);
    EXPECT_EQ(lives.lives[0].end->thread, model::ThreadIndex{1});
  }
};

TEST_F(Instants, OfALiveSession) {
  start();
  const auto all = messages();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  ASSERT_TRUE(relay.send(all, 0, all.size() - 1));
  ASSERT_TRUE(relay.waitForAck(all.size() - 1));
  expectAll();
}

TEST_F(Instants, OfAStoredSession) {
  start();
  const auto all = messages();
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  ASSERT_TRUE(relay.send(all, 0, all.size()));
  ASSERT_TRUE(relay.finish().ok());
  expectAll();
}

TEST_F(Instants, WithoutEventsOnlyTheEndAndSnapshotsAreKnown) {
  start();
  program.hello().set_without_events(true);
  const auto all = test::counted(program.hello(), messages());
  TestRelay relay(channel, program.hello());
  ASSERT_TRUE(relay.accepted());
  ASSERT_TRUE(relay.send(all, 0, all.size()));
  ASSERT_TRUE(relay.finish().ok());
  EXPECT_EQ(live({.at = When::time(10'000)}), "parse 400\nrender 400\n");
  EXPECT_EQ(live({.at = When::time(2'000)}), nameOf(Code::NotFound));
  EXPECT_EQ(live({.at = When::mark("warm")}), nameOf(Code::NotFound)) << "it is no snapshot";
  const auto blocks = source().blocks("", When::time(10'000), {}, {});
  ASSERT_FALSE(blocks);
  EXPECT_EQ(blocks.error().code, Code::NotFound);
}

}  // namespace
}  // namespace heaptap::service
