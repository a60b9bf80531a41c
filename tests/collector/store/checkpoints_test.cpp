// SPDX-License-Identifier: Apache-2.0
//
// What had been counted at earlier instants stays in the file, as long as it is a small part of it.
#include <gtest/gtest.h>

#include "collector/ingest/counters_check.h"
#include "collector/store/verification/session_verification.h"
#include "tests/collector/store/session_file.h"
#include "tests/collector/store/session_under_test.h"

namespace heaptap::store {
namespace {

class Checkpoints : public SessionFile {
 protected:
  std::vector<v1::RecordRequest> messages = busyProgram(program, 12, 20'000);
};

TEST_F(Checkpoints, ThoseThatAreSmallBesideTheEventsStayWithTheNumbersOfThen) {
  auto session = SessionUnderTest::create(file, program.hello()).value();
  std::vector<model::Counts> then;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    ASSERT_TRUE(session.take(messages[i]));
    if (!messages[i].has_batch()) continue;
    ASSERT_TRUE(session.writer().commit(session.checkpoint()));
    then.push_back(session.record().model.counts());
  }
  ASSERT_TRUE(session.finish());

  auto reader = SessionReader::open(file).value();
  const auto instants = reader.instants().value();
  ASSERT_EQ(instants.size(), then.size() + 1) << "one for each batch, and the end";
  for (std::size_t i = 0; i < then.size(); ++i) {
    auto counters = reader.countersAt(instants[i], session.record().definitions.now()).value();
    ASSERT_TRUE(ingest::checkCounters(counters, session.record().definitions.now()));
    EXPECT_EQ(counters.counts, then[i]);
    EXPECT_EQ(instants[i].atNs, then[i].totals.lastEventNs);
    EXPECT_EQ(instants[i].numbered, then[i].totals.allocations);
  }
  const auto verified = verifySession(file).value();
  EXPECT_EQ(verified.checkpoints, then.size());
  EXPECT_TRUE(verified.differences.empty());
}

TEST_F(Checkpoints, OneThatHasFewEventsBehindItGoesWithTheNext) {
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const v1::RecordRequest& message : messages) {
    ASSERT_TRUE(session.take(message));
    for (int again = 0; again < 3; ++again) ASSERT_TRUE(session.writer().commit(session.checkpoint()));
  }
  ASSERT_TRUE(session.finish());
  const auto instants = SessionReader::open(file).value().instants().value();
  EXPECT_LE(instants.size(), 13U) << "one for each batch at most, and the end";
  EXPECT_TRUE(verifySession(file).value().differences.empty());
}

TEST_F(Checkpoints, OneThatSaysSomethingElseThanTheEventsIsFound) {
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const v1::RecordRequest& message : messages) {
    ASSERT_TRUE(session.take(message));
    if (!message.has_batch()) continue;
    ASSERT_TRUE(session.writer().commit(session.checkpoint()));
  }
  ASSERT_TRUE(session.finish());
  {
    // Two of them change places: each agrees with itself.
    auto database = Database::open(file, Database::Mode::ReadWrite).value();
    ASSERT_TRUE(
        database.run("CREATE TEMP TABLE two AS SELECT * FROM checkpoint ORDER BY sequence LIMIT 2;"
                     "UPDATE checkpoint SET data = (SELECT data FROM two ORDER BY sequence DESC LIMIT 1) "
                     "WHERE sequence = (SELECT min(sequence) FROM two)"));
  }
  const auto verified = verifySession(file);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, Code::Corrupt);
}

TEST_F(Checkpoints, AFileWhoseNewestIsMissingIsDamaged) {
  ASSERT_TRUE([&] {
    auto session = SessionUnderTest::create(file, program.hello()).value();
    for (const v1::RecordRequest& message : messages)
      if (auto taken = session.take(message); !taken) return taken;
    return session.finish();
  }());
  ASSERT_TRUE(Database::open(file, Database::Mode::ReadWrite).value().run("DELETE FROM checkpoint"));
  const auto loaded = SessionReader::open(file).and_then([](SessionReader reader) { return reader.load(); });
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Code::Corrupt);
}

}  // namespace
}  // namespace heaptap::store
