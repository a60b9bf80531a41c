// SPDX-License-Identifier: Apache-2.0
// How a session lies on the disk: while it is recorded, after a kill, within its quota.
#include "tests/collector/store/session_file.h"

#include <gtest/gtest.h>

#include <fstream>

namespace heaptap::store {
namespace {

TEST_F(SessionFile, theEndLeavesOnePlainFile) {
  const auto messages = busyProgram(program, 2);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  EXPECT_TRUE(exists(".reserve"));
  for (const auto& message : messages) ASSERT_TRUE(session.take(message));
  ASSERT_TRUE(session.finish());
  for (const char* suffix : {"-wal", "-shm", "-journal", ".reserve"}) EXPECT_FALSE(exists(suffix)) << suffix;
  EXPECT_EQ(number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}

TEST_F(SessionFile, plainSqlReadsTheSmallThings) {
  const auto messages = busyProgram(program, 1);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& message : messages) ASSERT_TRUE(session.take(message));
  ASSERT_TRUE(session.finish());
  EXPECT_EQ(number("SELECT pid FROM session"), 4711);
  EXPECT_EQ(number("SELECT count(*) FROM argument WHERE value = '--fast'"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM module WHERE build_id = '12ab'"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM symbol WHERE function = 'render' AND file = '/src/program.cpp'"), 1);
  EXPECT_EQ(number("SELECT sum(events) FROM event_blob"), 5000);
  EXPECT_EQ(number("SELECT live_bytes FROM checkpoint"),
            static_cast<std::int64_t>(session.record().model.totals().liveBytes));
}

/// Copies what a killed collector leaves on the disk.
TEST_F(SessionFile, whatIsOnlyLookedAtHasTheSameNumbers) {
  const auto messages = busyProgram(program, 10);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& message : messages) ASSERT_TRUE(session.take(message));
  const auto look = [](const std::filesystem::path& path) {
    auto loaded = SessionReader::open(path).and_then(
        [](SessionReader reader) { return reader.load(SessionReader::Use::Look); });
    EXPECT_TRUE(loaded) << loaded.error().line();
    return loaded->builder.takeCounters();
  };
  const model::SessionCounters expected = session.record().model.counters();
  const model::SessionCounters fromEvents = look(asIfKilled(file));
  EXPECT_EQ(fromEvents.counts, expected.counts) << "counted from events that no checkpoint covers";
  ASSERT_TRUE(session.finish());
  const model::SessionCounters found = look(file);
  EXPECT_EQ(found.counts, expected.counts);
  EXPECT_EQ(found.lifetimes, expected.lifetimes);
  EXPECT_EQ(found.timeline, expected.timeline);
}

TEST_F(SessionFile, aKilledCollectorLosesNothingThatWasCommitted) {
  const auto messages = busyProgram(program, 10);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (std::size_t i = 0; i < messages.size() / 2; ++i) ASSERT_TRUE(session.take(messages[i]));
  const auto stored = load(asIfKilled(file));
  EXPECT_FALSE(stored.progress.finished);
  EXPECT_EQ(stored.progress.lastSequence, messages.size() / 2);
  expectSameNumbers(stored.builder.record().model, session.record().model);
  EXPECT_GT(stored.builder.record().model.totals().allocations, 0U);
}

TEST_F(SessionFile, aCheckpointAndTheEventsAfterItAreTheSameAsAllEvents) {
  const auto messages = busyProgram(program, 10);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    ASSERT_TRUE(session.take(messages[i]));
    if (i == messages.size() / 2) {
      ASSERT_TRUE(session.writer().commit(session.checkpoint()));
    }
  }
  const auto killed = asIfKilled(file);
  auto database = Database::open(killed, Database::Mode::ReadWrite).value();
  ASSERT_GT(database.number("SELECT sequence FROM checkpoint").value(), 0);
  // Events that the checkpoint covers are not needed any more.
  ASSERT_TRUE(
      database.run("DELETE FROM event_blob WHERE sequence <= (SELECT max(sequence) FROM checkpoint)"));
  expectSameNumbers(load(killed).builder.record().model, session.record().model);
}

TEST_F(SessionFile, aSessionGoesOnWhereItWasCutShort) {
  const auto messages = busyProgram(program, 10);
  auto whole = SessionUnderTest::create(folder / "whole.heaptap", program.hello()).value();
  for (const auto& message : messages) ASSERT_TRUE(whole.take(message));
  {
    auto session = SessionUnderTest::create(file, program.hello()).value();
    for (std::size_t i = 0; i < messages.size() / 2; ++i) ASSERT_TRUE(session.take(messages[i]));
  }
  auto resumed = SessionUnderTest::resume(file).value();
  for (const auto& message : messages) ASSERT_TRUE(resumed.take(message)) << "what it has is dropped";
  ASSERT_TRUE(resumed.finish());
  const auto stored = load(file);
  EXPECT_TRUE(stored.progress.finished);
  expectSameNumbers(stored.builder.record().model, whole.record().model);
  EXPECT_EQ(stored.builder.record().definitions.now().texts.size(),
            whole.record().definitions.now().texts.size());
}

TEST_F(SessionFile, anExistingFileIsNotReplacedUnlessForced) {
  ASSERT_TRUE(SessionUnderTest::create(file, program.hello()).value().finish());
  const auto size = std::filesystem::file_size(file);
  program.hello().set_pid(4712);
  const auto refused = SessionUnderTest::create(file, program.hello());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::AlreadyExists);
  EXPECT_EQ(std::filesystem::file_size(file), size);
  auto forced = SessionUnderTest::create(file, program.hello(), {.force = true});
  ASSERT_TRUE(forced);
  ASSERT_TRUE(forced->finish());
  EXPECT_EQ(load(file).builder.record().identity.pid, 4712U);
}

TEST_F(SessionFile, aMissingFolderIsNamed) {
  const auto refused = SessionUnderTest::create(folder / "no/such/x.heaptap", program.hello());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::NotWritable);
}

TEST_F(SessionFile, theQuotaTakesTheOldestEventsAndCountsThem) {
  const auto messages = busyProgram(program, 60);
  const std::uint64_t quota = 400'000;
  auto session = SessionUnderTest::create(file, program.hello(), {.maxFileBytes = quota}).value();
  for (const auto& message : messages) ASSERT_TRUE(session.take(message));
  ASSERT_TRUE(session.finish());
  EXPECT_LE(std::filesystem::file_size(file), quota + quota / 8);
  const auto stored = load(file);
  expectSameNumbers(stored.builder.record().model, session.record().model);
  EXPECT_GT(stored.progress.eventsNotStored, 0U);
  const auto kept = number("SELECT sum(events) FROM event_blob");
  EXPECT_GT(kept, 0);
  EXPECT_EQ(stored.progress.eventsNotStored + static_cast<std::uint64_t>(kept), 60U * 5000U);
  EXPECT_EQ(number("SELECT max(sequence) FROM event_blob"), number("SELECT last_sequence - 1 FROM recording"))
      << "the youngest are there";
}

TEST_F(SessionFile, aKillAfterAnEvictionStillLeavesExactNumbers) {
  const auto messages = busyProgram(program, 60);
  auto session = SessionUnderTest::create(file, program.hello(), {.maxFileBytes = 400'000}).value();
  for (const auto& message : messages) ASSERT_TRUE(session.take(message));
  ASSERT_GT(session.writer().eventsNotStored(), 0U);
  expectSameNumbers(load(asIfKilled(file)).builder.record().model, session.record().model);
}

TEST_F(SessionFile, aPathWithSignsOfAUriIsJustAPath) {
  const auto odd = folder / "100%?mode=memory#x.heaptap";
  auto session = SessionUnderTest::create(odd, program.hello()).value();
  ASSERT_TRUE(session.finish());
  EXPECT_EQ(load(odd).builder.record().identity.pid, 4711U);
}

}  // namespace
}  // namespace heaptap::store
