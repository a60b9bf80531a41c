// SPDX-License-Identifier: Apache-2.0
//
// Sessions that are recorded without single events: the same numbers, in a file that does not grow with them.
#include <gmock/gmock.h>

#include "collector/store/verification/session_verification.h"
#include "tests/collector/counted_messages.h"
#include "tests/collector/store/session_under_test.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::store {
namespace {

class WithoutEvents : public testing::Test {
 protected:
  WithoutEvents() {
    const auto events = busyProgram(program, 30);
    whole = test::counted(program.hello(), events);
    program.hello().set_without_events(true);
    messages = test::counted(program.hello(), events);
  }
  SessionUnderTest recorded(const std::filesystem::path& into, const v1::Hello& hello,
                            const std::vector<v1::RecordRequest>& what) {
    auto session = SessionUnderTest::create(into, hello).value();
    for (const auto& message : what) {
      const auto taken = session.take(message);
      EXPECT_TRUE(taken) << taken.error().line();
    }
    return session;
  }
  std::int64_t number(const std::string& sql) {
    return Database::open(file, Database::Mode::ReadOnly).value().number(sql).value();
  }

  test::TemporaryFolder folder;
  const std::filesystem::path file = folder / "session.heaptap";
  test::RecordedProgram program;
  std::vector<v1::RecordRequest> whole;     ///< With the columns of the events.
  std::vector<v1::RecordRequest> messages;  ///< The same without.
};

TEST_F(WithoutEvents, NumbersAreThoseOfASessionWithThem) {
  v1::Hello hello = program.hello();
  hello.set_without_events(false);
  auto with = recorded(folder / "whole.heaptap", hello, whole);
  ASSERT_TRUE(with.finish());
  ASSERT_TRUE(recorded(file, program.hello(), messages).finish());
  expectSameNumbers(load(file).builder.record().model, with.record().model);
  EXPECT_TRUE(load(file).builder.record().identity.withoutEvents);
}

TEST_F(WithoutEvents, TheFileHasNumbersOnly) {
  v1::Hello hello = program.hello();
  hello.set_without_events(false);
  ASSERT_TRUE(recorded(folder / "whole.heaptap", hello, whole).finish());
  ASSERT_TRUE(recorded(file, program.hello(), messages).finish());
  EXPECT_EQ(number("SELECT count(*) FROM event_blob"), 0);
  EXPECT_EQ(number("SELECT freelist_count FROM pragma_freelist_count"), 0);
  EXPECT_EQ(number("SELECT events_not_stored FROM recording"), 0) << "none was to be";
  EXPECT_LT(2 * std::filesystem::file_size(file), std::filesystem::file_size(folder / "whole.heaptap"));
}

TEST_F(WithoutEvents, ColumnsThatComeAllTheSameAreNotKept) {
  ASSERT_TRUE(recorded(file, program.hello(), whole).finish());
  EXPECT_EQ(number("SELECT count(*) FROM event_blob"), 0);
}

TEST_F(WithoutEvents, AKilledCollectorLosesNothing) {
  auto session = recorded(file, program.hello(), {messages.begin(), messages.begin() + 20});
  EXPECT_GT(number("SELECT count(*) FROM event_blob"), 0) << "sums that no checkpoint covers";
  expectSameNumbers(load(file).builder.record().model, session.record().model);
  ASSERT_TRUE(session.writer().commit(session.checkpoint()));
  EXPECT_EQ(number("SELECT count(*) FROM event_blob"), 0);
  expectSameNumbers(load(file).builder.record().model, session.record().model);
}

TEST_F(WithoutEvents, GoesOnWhereItWasCutShort) {
  (void)recorded(file, program.hello(), {messages.begin(), messages.begin() + 20});
  auto resumed = SessionUnderTest::resume(file).value();
  for (const auto& message : messages) ASSERT_TRUE(resumed.take(message)) << "what it has is dropped";
  ASSERT_TRUE(resumed.finish());
  expectSameNumbers(load(file).builder.record().model,
                    recorded(folder / "once.heaptap", program.hello(), messages).record().model);
  EXPECT_EQ(number("SELECT count(*) FROM event_blob"), 0);
}

TEST_F(WithoutEvents, SumsThatAwaitACheckpointAreBounded) {
  test::RecordedProgram busy;
  busy.hello().set_without_events(true);
  std::mt19937 random(3);
  const auto stack = busy.stack({"main"});
  for (std::uint64_t batch = 0; batch < 60; ++batch) {
    // Of many pairs, so that sums are large.
    for (std::uint64_t i = 0; i < 10'000; ++i)
      busy.at(batch * 1'000'000 + i * 100).allocate(random() % 50'000, stack);
    busy.flush();
  }
  auto session = SessionUnderTest::create(file, busy.hello()).value();
  std::int64_t most = 0;
  for (const auto& message : test::counted(busy.hello(), busy.messages())) {
    ASSERT_TRUE(session.take(message));
    most = std::max(most, number("SELECT coalesce(sum(length(data)), 0) FROM event_blob"));
  }
  EXPECT_GT(most, 0);
  EXPECT_GT(number("SELECT count(*) FROM checkpoint"), 0) << "long before the eight million events";
  EXPECT_LT(most, 1 << 20);
}

TEST_F(WithoutEvents, VerifyingHoldsNumbersAgainstEachOther) {
  program.hello().set_without_events(true);
  ASSERT_TRUE(recorded(file, program.hello(), messages).finish());
  auto verified = verifySession(file);
  ASSERT_TRUE(verified) << verified.error().line();
  EXPECT_TRUE(verified->isWithoutEvents);
  EXPECT_EQ(verified->events, 0U);
  EXPECT_TRUE(verified->differences.empty());
  auto counters = load(file).builder.takeCounters();
  ++counters.counts.pairs[0].allocations;
  BlobEncoder encoder;
  const auto wrong = Checkpoint::of(messages.size(), counters, encoder).value();
  {
    auto database = Database::open(file, Database::Mode::ReadWrite).value();
    auto update = database.prepare("UPDATE checkpoint SET data = :data").value();
    ASSERT_TRUE(update.run(Named{"data", BlobView{wrong.data}}));
  }
  verified = verifySession(file);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, Code::Corrupt);
}

TEST_F(WithoutEvents, SingleEventsAreRefused) {
  test::RecordedProgram other;
  const auto events = busyProgram(other, 1);
  other.hello().set_without_events(true);
  auto session = ingest::SessionIngest::begin(other.hello()).value();
  const auto batch =
      std::find_if(events.begin(), events.end(), [](const auto& each) { return each.has_batch(); });
  for (auto each = events.begin(); each != batch; ++each) ASSERT_TRUE(session.apply(*each));
  const auto applied = session.apply(*batch);
  ASSERT_FALSE(applied);
  EXPECT_THAT(applied.error().line(), testing::HasSubstr("recorded without"));
}

}  // namespace
}  // namespace heaptap::store
