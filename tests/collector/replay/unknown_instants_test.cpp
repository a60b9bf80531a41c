// SPDX-License-Identifier: Apache-2.0
//
// What is said of instants whose events are not stored: what is offered instead is then answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/replay/counts_replay.h"
#include "collector/replay/live_blocks.h"
#include "tests/collector/replay/random_session.h"

namespace heaptap::replay {
namespace {

using testing::HasSubstr;
using testing::Not;

bool neverStops() { return false; }

class UnknownInstants : public testing::Test {
 protected:
  /// As eviction does it: the first half of the events is gone, and all keyframes.
  void evict() {
    session.change("DELETE FROM keyframe");
    session.change(
        "DELETE FROM event_blob WHERE sequence <= (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
        "OFFSET (SELECT count(*) / 2 FROM event_blob))");
  }

  RandomSession session{1};
  std::uint64_t endNs = session.reference().events().back().atNs;
};

TEST_F(UnknownInstants, OffersThoseThatAreAnswered) {
  evict();
  store::SessionReader reader = store::SessionReader::open(session.file()).value();
  StoredEvents events(reader, session.stored().builder.record().definitions.view(), 1, neverStops);
  const auto counts = instantAt(events, AtTime{1});
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().code, Code::NotFound);
  EXPECT_THAT(counts.error().remedy, HasSubstr(" or later, for the end, or for a snapshot"));
  const auto askable = reader.askableInstants(store::Asked::Counts).value();
  ASSERT_TRUE(askable);
  EXPECT_TRUE(instantAt(events, AtTime{askable->fromNs}));
  EXPECT_TRUE(instantAt(events, AtTime{endNs}));
}

TEST_F(UnknownInstants, WhereNoBlocksAreKnownNoInstantIsOffered) {
  evict();
  store::SessionReader reader = store::SessionReader::open(session.file()).value();
  StoredEvents events(reader, session.stored().builder.record().definitions.view(), 1, neverStops);
  const auto early = instantAt(events, AtTime{1}, store::Asked::Blocks);
  ASSERT_FALSE(early);
  const auto end = instantAt(events, AtTime{endNs}, store::Asked::Blocks);
  ASSERT_TRUE(end) << end.error().line();
  const auto blocks =
      forEachLiveBlock(events, end->place, 0, [](const model::LiveBlock&) { return Result<void>(); });
  ASSERT_FALSE(blocks);
  for (const Error& error : {early.error(), blocks.error()}) {
    EXPECT_THAT(error.what, HasSubstr("is not known of any instant"));
    EXPECT_THAT(error.line(), Not(HasSubstr("ask for")));
  }
}

}  // namespace
}  // namespace heaptap::replay
