// SPDX-License-Identifier: Apache-2.0
//
// Histories of pairs, as a collector and a file give them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/collector_source.h"
#include "client/files/file_source.h"
#include "tests/collector/service/recording_fixture.h"

namespace heaptap::client {
namespace {

using testing::ElementsAre;
using testing::Optional;

constexpr std::uint64_t kSecond = 1'000'000'000;

class HistoriesTest : public service::Recording {
 protected:
  /// A leak of 100 bytes each second from the second 1 on, by two threads in turn, and at each a block of 64
  /// that is freed after 8 ns; a block of 1000 at the start; 48 seconds.
  void play() {
    start(false);
    source = std::make_unique<CollectorSource>(channel, "unix:there");
    relay.emplace(channel, program.hello());
    ASSERT_TRUE(relay->accepted());
    file = waitFor(service::Kind::Opened).file;
    const auto leak = program.stack({"leak", "main"});
    const auto load = program.stack({"load", "main"});
    const auto use = program.stack({"use", "main"});
    const auto other = program.thread("other");
    program.at(1).on(0).allocate(1000, load);
    for (std::uint64_t second = 1; second < 48; ++second) {
      program.at(second * kSecond).on(second % 2 == 0 ? 0 : other).allocate(100, leak);
      const auto block = program.allocate(64, use);
      program.at(second * kSecond + 8).free(block);
      if (second % 10 == 0) sendNew();
    }
    program.at(48 * kSecond).on(0);
    program.free(program.allocate(1, use));
    sendNew();
  }
  void sendNew() {
    program.flush();
    const auto all = program.messages();
    ASSERT_TRUE(relay->send(all, sent, all.size()));
    sent = all.size();
    ASSERT_TRUE(relay->waitForAck(sent));
  }
  /// The pair of these bytes.
  static model::PairId pairOf(const Profile& profile, std::uint64_t bytes) {
    for (std::size_t i = 0; i < profile.definitions.pairs.size(); ++i)
      if (profile.definitions.pairs[i].size == bytes) return static_cast<model::PairId>(i);
    ADD_FAILURE() << "no pair of " << bytes;
    return {};
  }
  static void expectHistories(ProfileSource& source, const std::string& session) {
    const auto profile = source.profile(session, {});
    ASSERT_TRUE(profile) << profile.error().line();
    const model::HistoryQuery query{
        .groups = {{pairOf(*profile, 100)}, {pairOf(*profile, 1000)}, {pairOf(*profile, 64)}}};
    const auto histories = source.histories(session, query);
    ASSERT_TRUE(histories) << histories.error().line();
    ASSERT_EQ(histories->size(), 3U);
    const model::SiteHistory& leak = (*histories)[0];
    ASSERT_EQ(leak.liveBytes.size(), 48U);
    EXPECT_EQ(leak.liveBytes.front(), 0U);
    EXPECT_EQ(leak.liveBytes[10], 1000U);
    EXPECT_EQ(leak.liveBytes.back(), 4700U);
    EXPECT_EQ(leak.knownFromNs, 0U);
    EXPECT_EQ(leak.endNs, 48 * kSecond);
    EXPECT_THAT(leak.firstAllocationNs, Optional(kSecond));
    EXPECT_THAT(leak.lastAllocationNs, Optional(47 * kSecond));
    EXPECT_EQ(leak.frees, 0U);
    EXPECT_FALSE(leak.medianLifetimeNs);
    EXPECT_THAT(leak.oldestAgeNs, Optional(47 * kSecond));
    EXPECT_THAT(leak.medianAgeNs, Optional(24 * kSecond));
    EXPECT_EQ(leak.threadCount, 2U);
    EXPECT_EQ(leak.threads.size(), 2U);

    const model::SiteHistory& load = (*histories)[1];
    EXPECT_EQ(load.liveBytes.front(), 1000U);
    EXPECT_EQ(load.liveBytes.back(), 1000U);
    EXPECT_THAT(load.medianAgeNs, Optional(48 * kSecond - 1));
    EXPECT_THAT(load.threads, ElementsAre(model::ThreadIndex{0}));

    const model::SiteHistory& use = (*histories)[2];
    EXPECT_EQ(use.liveBytes.back(), 0U);
    EXPECT_EQ(use.frees, 47U);
    EXPECT_THAT(use.medianLifetimeNs, Optional(8U));
    EXPECT_THAT(use.p95LifetimeNs, Optional(8U));
    EXPECT_FALSE(use.oldestAgeNs);
    EXPECT_TRUE(use.addresses.empty());
  }
  std::filesystem::path file;
  std::optional<service::TestRelay> relay;
  std::size_t sent = 0;
  std::unique_ptr<CollectorSource> source;
};

TEST_F(HistoriesTest, AreTheSameFromACollectorAndFromItsFile) {
  play();
  expectHistories(*source, "");
  FileSource files;
  const auto id = files.addFile(file);
  ASSERT_TRUE(id) << id.error().line();
  expectHistories(files, *id);
}

TEST_F(HistoriesTest, AQuestionThatIsWithdrawnEnds) {
  play();
  FileSource files;
  const auto id = files.addFile(file);
  ASSERT_TRUE(id);
  std::stop_source stop;
  stop.request_stop();
  const auto profile = files.profile(*id, {}, {});
  ASSERT_TRUE(profile);
  const model::HistoryQuery leak{.groups = {{pairOf(*profile, 100)}}};
  EXPECT_EQ(files.histories(*id, leak, stop.get_token()).error().code, Code::Unavailable);
  EXPECT_EQ(source->histories("", leak, stop.get_token()).error().code, Code::Unavailable);
}

TEST_F(HistoriesTest, OfPairsThatAreNotDefinedAreRefused) {
  play();
  FileSource files;
  const auto id = files.addFile(file);
  ASSERT_TRUE(id);
  const model::HistoryQuery unknown{.groups = {{model::PairId{4711}}}};
  EXPECT_EQ(files.histories(*id, unknown, {}).error().code, Code::Usage);
  EXPECT_EQ(source->histories("", unknown, {}).error().code, Code::Usage);
  const model::HistoryQuery many{
      .groups = std::vector<std::vector<model::PairId>>(model::HistoryQuery::kMostGroups + 1)};
  EXPECT_EQ(files.histories(*id, many, {}).error().code, Code::Usage);
  EXPECT_EQ(source->histories("", many, {}).error().code, Code::Usage);
  EXPECT_TRUE(files.histories(*id, {}, {})->empty());
}

}  // namespace
}  // namespace heaptap::client
