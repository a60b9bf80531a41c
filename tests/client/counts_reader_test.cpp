// SPDX-License-Identifier: Apache-2.0
#include "client/counts_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "client/definitions_fetch.h"
#include "tests/client/profile_builder.h"

namespace heaptap::client {
namespace {

using testing::ElementsAre;

class CountsReaderTest : public testing::Test {
 protected:
  CountsReaderTest() {
    for (std::uint64_t size : {10U, 20U, 30U})
      builder.count({.size = size, .stack = builder.stack({"f", "main"}), .allocations = 4, .live = 2});
    definitions = builder.profile().definitions;
  }
  static v1::CountsReply reply(std::uint32_t pairs = 3) {
    v1::CountsReply reply;
    reply.mutable_summary()->mutable_info()->set_id("0123");
    reply.set_pairs(pairs);
    return reply;
  }
  static void add(v1::CountsReply& reply, std::uint32_t step, std::uint64_t allocations, std::uint64_t live) {
    reply.add_pair(step);
    reply.add_allocations(allocations);
    reply.add_live(live);
    reply.add_live_at_peak(0);
    reply.add_temporaries(0);
  }
  /// What is said of one answer that breaks a rule.
  Result<CountsReader::Answer> read(const std::vector<v1::CountsReply>& replies,
                                    std::shared_ptr<const model::Counts> before = {}) {
    CountsReader reader("unix:there", std::move(before));
    for (const v1::CountsReply& each : replies)
      if (auto added = reader.add(each); !added) return tl::unexpected(added.error());
    return reader.finish(definitions);
  }
  ProfileBuilder builder;
  model::DefinitionsView definitions;
};

TEST_F(CountsReaderTest, PutsTheColumnsTogether) {
  v1::CountsReply first = reply();
  add(first, 0, 5, 1);
  v1::CountsReply second;
  add(second, 2, 7, 3);
  const auto answer = read({first, second});
  ASSERT_TRUE(answer) << answer.error().line();
  EXPECT_THAT(answer->counts->pairs,
              ElementsAre(model::PairCounters{5, 1}, model::PairCounters{}, model::PairCounters{7, 3}));
  EXPECT_EQ(answer->changed.size(), 3U) << "without counts from before, everything is new";
  EXPECT_EQ(answer->moment, std::nullopt);
}

TEST_F(CountsReaderTest, TellsWhatHasChanged) {
  v1::CountsReply all = reply(2);
  add(all, 0, 5, 1);
  add(all, 1, 6, 2);
  const auto before = read({all});
  ASSERT_TRUE(before);
  v1::CountsReply changes = reply(3);
  changes.set_only_changes(true);
  add(changes, 1, 9, 2);
  add(changes, 1, 1, 1);
  const auto after = read({changes}, before->counts);
  ASSERT_TRUE(after) << after.error().line();
  EXPECT_THAT(after->counts->pairs,
              ElementsAre(model::PairCounters{5, 1}, model::PairCounters{9, 2}, model::PairCounters{1, 1}));
  EXPECT_THAT(after->changed, ElementsAre(model::PairId{1}, model::PairId{2}));
  v1::CountsReply whole = reply(2);  // As when the collector does not know the moment of before.
  add(whole, 0, 5, 1);
  add(whole, 1, 6, 3);
  const auto again = read({whole}, before->counts);
  ASSERT_TRUE(again);
  EXPECT_THAT(again->changed, ElementsAre(model::PairId{1}));
}

TEST_F(CountsReaderTest, RefusesWhatBreaksTheRules) {
  const auto refused = [&](const char* what, const std::function<void(v1::CountsReply&)>& change) {
    v1::CountsReply answer = reply();
    add(answer, 1, 5, 1);
    change(answer);
    const auto result = read({answer});
    ASSERT_FALSE(result) << what;
    EXPECT_EQ(result.error().code, Code::Corrupt) << what;
    EXPECT_FALSE(result.error().isPassing) << what;
  };
  refused("no summary", [](auto& answer) { answer.clear_summary(); });
  refused("a column is too long", [](auto& answer) { answer.add_live(1); });
  refused("a column is too short", [](auto& answer) { answer.clear_temporaries(); });
  refused("a pair twice", [](auto& answer) { add(answer, 0, 1, 0); });
  refused("a pair beyond", [](auto& answer) { add(answer, 2, 1, 0); });
  refused("a pair beyond, past 32 bits", [](auto& answer) { add(answer, 0xFFFF'FFFF, 1, 0); });
  refused("more pairs than are defined", [](auto& answer) { answer.set_pairs(4); });
  refused("more pairs than any session has", [](auto& answer) { answer.set_pairs(1ULL << 40); });
  refused("more live than allocated", [](auto& answer) { answer.set_live(0, 6); });
  refused("more at the peak than allocated", [](auto& answer) { answer.set_live_at_peak(0, 6); });
  refused("more temporaries than frees", [](auto& answer) { answer.set_temporaries(0, 5); });
  refused("sums beyond 64 bits", [](auto& answer) { answer.set_allocations(0, 1ULL << 62); });
  refused("changes to nothing", [](auto& answer) { answer.set_only_changes(true); });
  refused("frees without a count", [](auto& answer) {
    answer.add_free_pair(0);
    answer.add_free_stack(1);
  });
  refused("frees at a stack that is not defined", [](auto& answer) {
    answer.add_free_pair(0);
    answer.add_free_stack(77);
    answer.add_free_count(1);
  });
  refused("frees that do not ascend", [](auto& answer) {
    for (int i = 0; i < 2; ++i) {
      answer.add_free_pair(0);
      answer.add_free_stack(1);
      answer.add_free_count(1);
    }
  });
}

TEST_F(CountsReaderTest, RefusesNoAnswerAtAll) { EXPECT_FALSE(read({})); }

TEST(FetchedDefinitions, AreCheckedLikeThoseOfARelay) {
  FetchedDefinitions fetched("unix:there");
  v1::DefinitionsReply frames;
  frames.mutable_frames()->add_module(0);
  frames.mutable_frames()->add_pc(0x10);
  frames.mutable_frames()->add_flags(0);
  frames.mutable_position()->set_frames(1);
  ASSERT_TRUE(fetched.add(frames));
  EXPECT_EQ(fetched.definitions().now().frames.size(), 2U);
  EXPECT_EQ(fetched.position().frames(), 1U);
  v1::DefinitionsReply nodes;
  nodes.mutable_stack_nodes()->add_parent(5);
  nodes.mutable_stack_nodes()->add_frame(1);
  nodes.mutable_position()->set_frames(1);
  nodes.mutable_position()->set_stack_nodes(1);
  const auto refused = fetched.add(nodes);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Corrupt);
}

TEST(FetchedDefinitions, MustLieWhereTheCollectorSaysTheyDo) {
  FetchedDefinitions fetched("unix:there");
  v1::DefinitionsReply nothing;
  nothing.mutable_position()->set_modules(3);
  EXPECT_FALSE(fetched.add(nothing)) << "ids would mean something else here than there";
}

}  // namespace
}  // namespace heaptap::client
