// SPDX-License-Identifier: Apache-2.0
#include "collector/store/verification/session_verification.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <random>

#include "blob/blob_codec.h"
#include "collector/store/stored_chunks.h"
#include "tests/collector/counted_messages.h"
#include "tests/collector/store/session_under_test.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/whole_batch.h"

namespace heaptap::store {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class VerificationTest : public testing::Test {
 protected:
  VerificationTest() {
    messages = busyProgram(program, 6, 2000);
    v1::RecordRequest snapshot;
    snapshot.mutable_mark()->set_name("half");
    snapshot.mutable_mark()->set_snapshot(true);
    messages.insert(messages.begin() + static_cast<std::ptrdiff_t>(messages.size() / 2), snapshot);
    for (std::size_t i = 0; i < messages.size(); ++i) messages[i].set_sequence(i + 1);
  }
  void record(const WriterOptions& options = {.force = true}) {
    auto session = SessionUnderTest::create(file, program.hello(), options).value();
    for (const auto& message : messages) {
      const auto taken = session.take(message);
      ASSERT_TRUE(taken) << taken.error().line();
    }
    ASSERT_TRUE(session.finish());
  }
  Verification verified() {
    auto verification = verifySession(file);
    EXPECT_TRUE(verification) << verification.error().line();
    return verification.value_or(Verification{});
  }
  void run(const std::string& sql) {
    auto database = Database::open(file, Database::Mode::ReadWrite).value();
    const auto changed = database.run(sql);
    ASSERT_TRUE(changed) << changed.error().line();
  }
  /// Stores other columns of the last batch.
  void change(const std::function<void(v1::UnpackedEventBatch&)>& how) {
    auto database = Database::open(file, Database::Mode::ReadWrite).value();
    std::string data;
    {
      auto last = database.prepare("SELECT data FROM event_blob ORDER BY sequence DESC LIMIT 1").value();
      ASSERT_TRUE(last.next().value());
      data = last.text("data");
    }
    v1::EventBatch batch;
    ASSERT_TRUE(BlobDecoder().decode(data, batch));
    StoredChunks chunks(database);
    v1::UnpackedEventBatch columns = test::whole(batch, chunks, program.hello().time_unit_ns());
    how(columns);
    const std::string changed = *BlobEncoder().encode(test::packed(columns));
    auto update =
        database
            .prepare(
                "UPDATE event_blob SET data = :data WHERE sequence = (SELECT max(sequence) FROM event_blob)")
            .value();
    ASSERT_TRUE(update.run(Named{"data", BlobView{changed}}));
  }

  test::TemporaryFolder folder;
  const std::filesystem::path file = folder / "session.heaptap";
  test::RecordedProgram program;
  std::vector<v1::RecordRequest> messages;
};

TEST_F(VerificationTest, SpansGoOnWhereACollectorWasKilledAlsoInAnOlderFile) {
  messages = test::counted(program.hello(), messages);
  const counting::SpanBuilder::Limits short_{
      .leastEvents = 2000, .mostEvents = 4000, .bytesByEntry = 0, .spansInNext = 2};
  for (const bool isOlder : {false, true}) {
    auto session = SessionUnderTest::create(file, program.hello(), {.force = true}).value();
    session.limitSpans(short_);
    const std::size_t half = messages.size() / 2;
    for (std::size_t i = 0; i < half; ++i) ASSERT_TRUE(session.take(messages[i]));
    const auto killed = asIfKilled(file);
    if (isOlder) {
      auto database = Database::open(killed, Database::Mode::ReadWrite).value();
      ASSERT_TRUE(database.run("DROP TABLE span; PRAGMA user_version = 2000"));
    }
    auto resumed = SessionUnderTest::resume(killed);
    ASSERT_TRUE(resumed) << resumed.error().line();
    resumed->limitSpans(short_);
    for (std::size_t i = half; i < messages.size(); ++i) ASSERT_TRUE(resumed->take(messages[i]));
    ASSERT_TRUE(resumed->finish());
    const auto verification = verifySession(killed);
    ASSERT_TRUE(verification) << verification.error().line();
    EXPECT_THAT(verification->differences, IsEmpty());
    EXPECT_GT(verification->spans, isOlder ? 1U : 4U);
    std::filesystem::remove(killed);
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(killed.string() + suffix);
  }
}

TEST_F(VerificationTest, SumsOfSpansAreThoseOfTheirEvents) {
  messages = test::counted(program.hello(), messages);
  auto session = SessionUnderTest::create(file, program.hello(), {.force = true}).value();
  session.limitSpans({.leastEvents = 2000, .mostEvents = 4000, .bytesByEntry = 0, .spansInNext = 2});
  for (const auto& message : messages) ASSERT_TRUE(session.take(message));
  ASSERT_TRUE(session.finish());
  EXPECT_THAT(verified().differences, IsEmpty());
  EXPECT_EQ(verified().spans, 6U + 3 + 1);
  // Of another span with as many events.
  run("UPDATE span SET data = (SELECT data FROM span WHERE level = 0 ORDER BY sequence DESC LIMIT 1) WHERE "
      "sequence = "
      "(SELECT min(sequence) FROM span)");
  EXPECT_THAT(verified().differences, Contains(HasSubstr("the sums of the 2000 events from 0 on")));
}

TEST_F(VerificationTest, WhatWasCountedIsWhatTheEventsSay) {
  record();
  const Verification verification = verified();
  EXPECT_EQ(verification.events, 12'000U);
  EXPECT_EQ(verification.snapshots, 1U);
  EXPECT_THAT(verification.differences, IsEmpty());
}

TEST_F(VerificationTest, ASessionThatWasCutShortIsCountedUpToThere) {
  {
    auto session = SessionUnderTest::create(file, program.hello(), {}).value();
    for (std::size_t i = 0; i + 2 < messages.size(); ++i) ASSERT_TRUE(session.take(messages[i]));
  }
  EXPECT_THAT(verified().differences, IsEmpty());
}

TEST_F(VerificationTest, AnEmptySessionIsAsCounted) {
  messages.clear();
  record();
  EXPECT_EQ(verified().events, 0U);
  EXPECT_THAT(verified().differences, IsEmpty());
}

TEST_F(VerificationTest, ColumnsThatTellOfOtherPairsAreSaid) {
  record();
  change([](v1::UnpackedEventBatch& batch) {
    // The last one, so that none of its blocks is freed.
    const int last = batch.pair_size() - 1;
    for (int i = 0; i < last; ++i)
      if (batch.pair(i) != batch.pair(last)) return batch.set_pair(last, batch.pair(i));
  });
  const auto differences = verified().differences;
  EXPECT_THAT(differences, Contains(HasSubstr("the end: pair ")));
  EXPECT_THAT(differences, Contains(HasSubstr("allocated bytes: ")));
}

TEST_F(VerificationTest, ColumnsThatTellOfOtherTimesAndLifetimesAreSaid) {
  record();
  change([](v1::UnpackedEventBatch& batch) {
    batch.mutable_lifetime_log2()->at(0) ^= 1;
    batch.set_time(1, batch.time(1) + 50'000'000);
  });
  const auto differences = verified().differences;
  EXPECT_THAT(differences, Contains(HasSubstr("the end: frees after 2^")));
  EXPECT_THAT(differences, Contains(HasSubstr("the end: time of the last event")));
  EXPECT_THAT(differences, Contains(HasSubstr("the end: the timeline: not as by the events")));
}

TEST_F(VerificationTest, WhatTheRelayHasCountedIsWhatItsColumnsSay) {
  messages = test::counted(program.hello(), messages);
  record();
  EXPECT_EQ(verified().events, 12'000U);
  EXPECT_THAT(verified().differences, IsEmpty());
}

TEST_F(VerificationTest, SumsThatLieAreSaid) {
  messages = test::counted(program.hello(), messages);
  const auto batch = std::find_if(messages.rbegin(), messages.rend(),
                                  [](const v1::RecordRequest& message) { return message.has_counted(); });
  v1::BatchSums& sums = *batch->mutable_counted()->mutable_sums();
  ASSERT_NE(sums.pair_temporaries_size(), 0);
  for (int i = 0; i < sums.pair_size(); ++i) {
    if (sums.pair_temporaries(i) == 0) continue;
    sums.set_pair_temporaries(i, sums.pair_temporaries(i) - 1);
    break;
  }
  record();
  EXPECT_THAT(verified().differences, Contains(HasSubstr("temporary allocations: ")));
}

TEST_F(VerificationTest, ASnapshotThatLiesIsSaid) {
  record();
  const auto then = snapshotIn(file, 0);
  ASSERT_TRUE(then);
  model::SessionCounters wrong = *then;
  for (model::PairCounters& pair : wrong.counts.pairs) {
    if (pair.frees() == pair.temporaries) continue;
    ++pair.temporaries;
    ++wrong.counts.totals.temporaries;
    break;
  }
  BlobEncoder encoder;
  const auto checkpoint = Checkpoint::of(1, wrong, encoder).value();
  {
    auto database = Database::open(file, Database::Mode::ReadWrite).value();
    auto update = database.prepare("UPDATE checkpoint SET data = :data WHERE mark = 0").value();
    ASSERT_TRUE(update.run(Named{"data", BlobView{checkpoint.data}}));
  }
  EXPECT_THAT(verified().differences, Contains(HasSubstr("the snapshot half: ")));
}

TEST_F(VerificationTest, DamagedColumnsAreCorruptAndTheNumbersStay) {
  record();
  const model::Totals sound = load(file).builder.record().model.totals();
  std::mt19937 random(5);
  for (int i = 0; i < 50; ++i) {
    record();
    run("UPDATE event_blob SET data = CAST(substr(data, 1, " + std::to_string(random() % 200 + 5) +
        ") || x'5a5b' || substr(data, " + std::to_string(random() % 200 + 7) +
        ") AS BLOB) WHERE sequence = (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 OFFSET " +
        std::to_string(random() % 6) + ")");
    const auto verification = verifySession(file);
    ASSERT_FALSE(verification && verification->differences.empty()) << i;
    if (!verification) {
      EXPECT_EQ(verification.error().code, Code::Corrupt);
      EXPECT_THAT(verification.error().line(), HasSubstr(file.string()));
    }
    EXPECT_EQ(load(file).builder.record().model.totals(), sound) << "what a report shows needs no columns";
  }
}

TEST_F(VerificationTest, ABatchIsTheOneOfItsRow) {
  for (const char* const change :
       {"events = events + 1", "first_allocation = first_allocation + 1", "first_event = first_event + 1",
        "from_ns = from_ns - 1", "data = (SELECT data FROM event_blob ORDER BY sequence LIMIT 1)"}) {
    record({.force = true});
    run(std::string("UPDATE event_blob SET ") + change +
        " WHERE sequence = (SELECT max(sequence) FROM event_blob)");
    const auto verification = verifySession(file);
    ASSERT_FALSE(verification) << change;
    EXPECT_EQ(verification.error().code, Code::Corrupt);
  }
}

TEST_F(VerificationTest, ColumnsThatGrowAreNotDecompressed) {
  record();
  change([](v1::UnpackedEventBatch& batch) { batch.mutable_kinds()->resize(64 * batch.events() + 5000); });
  const auto verification = verifySession(file);
  ASSERT_FALSE(verification);
  EXPECT_THAT(verification.error().line(), HasSubstr("claims to hold"));
}

TEST_F(VerificationTest, MissingBatchesAreCorrupt) {
  record();
  run("DELETE FROM event_blob WHERE sequence = (SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 "
      "OFFSET 2)");
  const auto verification = verifySession(file);
  ASSERT_FALSE(verification);
  EXPECT_EQ(verification.error().code, Code::Corrupt);
}

TEST_F(VerificationTest, WhereEventsWereEvictedTheOthersAreDecoded) {
  test::RecordedProgram large;
  messages = busyProgram(large, 150, 2000);
  program.hello() = large.hello();
  record({.force = true, .maxFileBytes = 500'000});
  const Verification verification = verified();
  EXPECT_GT(verification.eventsNotStored, 0U);
  EXPECT_GT(verification.events, 0U);
  EXPECT_EQ(verification.events + verification.eventsNotStored, 300'000U);
  EXPECT_THAT(verification.differences, IsEmpty());
}

TEST_F(VerificationTest, ItCanBeStopped) {
  record();
  const auto verification = verifySession(file, [] { return true; });
  ASSERT_FALSE(verification);
  EXPECT_EQ(verification.error().code, Code::Unavailable);
}

}  // namespace
}  // namespace heaptap::store
