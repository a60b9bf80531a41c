// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "collector/ingest/counters_check.h"
#include "collector/model/frame_names.h"
#include "tests/collector/store/session_under_test.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::store {
namespace {

class SessionFile : public testing::Test {
 protected:
  std::int64_t number(const std::string& sql) {
    auto database = Database::open(file, Database::Mode::ReadOnly);
    return database.value().number(sql).value();
  }
  bool exists(const std::string& suffix) { return std::filesystem::exists(file.string() + suffix); }

  test::TemporaryFolder folder;
  const std::filesystem::path file = folder / "program.4711.heaptap";
  test::RecordedProgram program;
};

template <class T>
bool sameEntries(const model::Column<T>& a, const model::Column<T>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

TEST_F(SessionFile, aFinishedSessionComesBackWhole) {
  const auto messages = busyProgram(program, 10);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& message : messages) ASSERT_TRUE(session.take(message));
  ASSERT_TRUE(session.finish());

  const auto stored = load(file);
  const auto& record = stored.builder.record();
  EXPECT_TRUE(stored.progress.finished);
  EXPECT_EQ(stored.progress.lastSequence, messages.size());
  EXPECT_EQ(stored.progress.eventsNotStored, 0U);
  EXPECT_EQ(record.identity, session.record().identity);
  EXPECT_EQ(record.ending, session.record().ending);
  expectSameNumbers(record.model, session.record().model);
  const model::DefinitionsView& found = record.definitions.now();
  const model::DefinitionsView& expected = session.record().definitions.now();
  EXPECT_TRUE(sameEntries(found.modules, expected.modules));
  EXPECT_TRUE(sameEntries(found.threads, expected.threads));
  EXPECT_TRUE(sameEntries(found.frames, expected.frames));
  EXPECT_TRUE(sameEntries(found.stacks, expected.stacks));
  EXPECT_TRUE(sameEntries(found.stackFlags, expected.stackFlags));
  EXPECT_TRUE(sameEntries(found.pairs, expected.pairs));
  EXPECT_TRUE(sameEntries(found.texts, expected.texts));
  const model::FrameNames foundNames(found), expectedNames(expected);
  for (std::uint32_t i = 1; i < found.frames.size(); ++i) {
    const auto lines = foundNames.of(model::FrameId{i});
    ASSERT_EQ(lines.count, 1U);
    EXPECT_EQ(found.lines[lines.first], expected.lines[expectedNames.of(model::FrameId{i}).first]);
  }
}

TEST_F(SessionFile, sayHowFarTheyWereRead) {
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& message : busyProgram(program, 10)) ASSERT_TRUE(session.take(message));
  ASSERT_TRUE(session.finish());
  std::vector<double> shares;
  const ReadControl control{.onProgress = [&](double share) { shares.push_back(share); }};
  ASSERT_TRUE(SessionReader::open(file).value().load(SessionReader::Use::Look, control));
  ASSERT_FALSE(shares.empty());
  EXPECT_LE(shares.size(), 101U);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_GE(shares.front(), 0.0);
  EXPECT_LE(shares.back(), 1.0);
}

TEST_F(SessionFile, readingEndsWhenItIsStopped) {
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& message : busyProgram(program, 40)) ASSERT_TRUE(session.take(message));
  std::stop_source stop;
  int times = 0;
  const ReadControl control{.stop = stop.get_token(), .onProgress = [&](double) {
                              ++times;
                              stop.request_stop();
                            }};
  auto reader = SessionReader::open(file).value();
  const auto loaded = reader.load(SessionReader::Use::Look, control);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Code::Unavailable);
  EXPECT_EQ(loaded.error().where, file.string());
  EXPECT_FALSE(loaded.error().isPassing);
  EXPECT_EQ(times, 1) << "nothing is read after that";
  EXPECT_TRUE(reader.load()) << "the same reader can read it later";
}

TEST_F(SessionFile, whatTheRelayCountedComesBack) {
  v1::RecordRequest message;
  v1::Counters& counters = *message.mutable_counters();
  model::RelayCounters expected;
  std::uint64_t value = 0;  // Another one for each.
#define HEAPTAP_RELAY_COUNTER(member, field, ...) \
  expected.member = ++value;                      \
  counters.set_##field(value);
#define HEAPTAP_RELAY_MEASURE(member, field) \
  expected.member = ++value;                 \
  counters.set_##field(value);
#include "base/relay_counters.def"
  ASSERT_GE(value, 15U);
  program.send(message);
  const auto messages = busyProgram(program, 1);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& each : messages) ASSERT_TRUE(session.take(each));
  ASSERT_TRUE(session.finish());
  EXPECT_EQ(load(file).builder.record().relay, expected);
}

TEST_F(SessionFile, fromBeforeACounterHasNoneAndGoesOn) {
  v1::RecordRequest message;
  message.mutable_counters()->set_lost_frees(3);
  message.mutable_counters()->set_marks_beyond(5);
  program.send(message);
  const auto messages = program.messages();
  auto session = std::optional(SessionUnderTest::create(file, program.hello()).value());
  for (const auto& each : messages) ASSERT_TRUE(session->take(each));
  session.reset();
  auto old = Database::open(file, Database::Mode::ReadWrite).value();
  ASSERT_TRUE(old.run("ALTER TABLE recording DROP COLUMN marks_beyond"));
  EXPECT_EQ(load(file).builder.record().relay, (model::RelayCounters{.lostFrees = 3}));
  auto resumed = SessionUnderTest::resume(file).value();
  message.mutable_counters()->set_marks_beyond(6);
  program.send(message);
  ASSERT_TRUE(resumed.take(program.messages().back()));
  EXPECT_EQ(load(file).builder.record().relay, (model::RelayCounters{.lostFrees = 3, .marksBeyond = 6}));
}

TEST_F(SessionFile, whyNamesAreMissingComesBack) {
  static_cast<void>(program.messages());  // Its module is defined.
  v1::RecordRequest message;
  message.mutable_module_names()->add_module(0);
  message.mutable_module_names()->add_missing(v1::ModuleNames::MISSING_OTHER_FILE);
  program.send(message);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& each : program.messages()) ASSERT_TRUE(session.take(each));
  ASSERT_TRUE(session.finish());
  const auto loaded = load(file);
  for (const auto* record : {&session.record(), &loaded.builder.record()}) {
    const std::vector<model::NamesMissing> missing = record->definitions.now().namesMissing();
    ASSERT_EQ(missing.size(), session.record().definitions.now().modules.size());
    EXPECT_EQ(missing.at(0), model::NamesMissing::OtherFile);
    EXPECT_TRUE(std::all_of(missing.begin() + 1, missing.end(),
                            [](auto word) { return word == model::NamesMissing::No; }));
  }
}

TEST_F(SessionFile, whatRecordingCostComesBack) {
  v1::RecordRequest message;
  message.mutable_counters()->set_agent_cpu_ns(1'000);
  program.send(message);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& each : program.messages()) ASSERT_TRUE(session.take(each));
  EXPECT_EQ(load(file).progress.collectorCpuNs, std::nullopt) << "the collector has not said";
  session.writer().noteCpu(2'000);
  ASSERT_TRUE(session.finish());
  EXPECT_EQ(load(file).builder.record().relay.agentCpuNs, 1'000U);
  EXPECT_EQ(load(file).builder.record().relay.relayCpuNs, std::nullopt);
  EXPECT_EQ(load(file).progress.collectorCpuNs, 2'000U);
}

TEST_F(SessionFile, residentMemoryComesBack) {
  v1::RecordRequest message;
  v1::ResidentMemory& resident = *message.mutable_resident();
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    resident.add_at_ns(i);
    resident.add_rss_bytes(4096 + i);
    resident.add_pss_bytes(i % 20 == 0 ? 2048 : 0);
    resident.add_pool_bytes(i % 2 == 0 ? 1024 : 0);
  }
  program.send(message);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& each : program.messages()) ASSERT_TRUE(session.take(each));
  ASSERT_TRUE(session.finish());
  const auto stored = load(file);
  EXPECT_GT(session.record().resident.samples().size(), 1000U);
  EXPECT_EQ(stored.builder.record().resident.samples(), session.record().resident.samples());
  EXPECT_EQ(stored.builder.record().resident.maxProgramBytes(), session.record().resident.maxProgramBytes());
  EXPECT_EQ(number("SELECT count(*) FROM resident WHERE pool_bytes IS NULL"), 5'000);
}

v1::RecordRequest snapshotCalled(const std::string& name, std::uint64_t atNs = 0) {
  v1::RecordRequest message;
  message.mutable_mark()->set_name(name);
  message.mutable_mark()->set_at_ns(atNs);
  message.mutable_mark()->set_snapshot(true);
  return message;
}

TEST_F(SessionFile, aSnapshotIsTheHeapAsItWasThen) {
  auto messages = busyProgram(program, 6);
  messages.insert(messages.begin() + static_cast<std::ptrdiff_t>(messages.size() / 2),
                  snapshotCalled("half"));
  for (std::size_t i = 0; i < messages.size(); ++i) messages[i].set_sequence(i + 1);
  auto session = SessionUnderTest::create(file, program.hello()).value();
  model::SessionModel then;
  for (const auto& message : messages) {
    ASSERT_TRUE(session.take(message));
    if (message.has_mark()) then = session.record().model;
  }
  ASSERT_TRUE(session.finish());
  ASSERT_GT(then.totals().liveBytes, 0U);
  ASSERT_NE(then.totals(), session.record().model.totals());

  const auto stored = load(file);
  ASSERT_EQ(stored.builder.record().marks, session.record().marks);
  EXPECT_EQ(stored.builder.record().marks.at(0).snapshot, model::Mark::Snapshot::Kept);
  auto counters = SessionReader::open(file).value().snapshot(0);
  ASSERT_TRUE(counters) << counters.error().line();
  ASSERT_TRUE(ingest::checkCounters(*counters, stored.builder.record().definitions.now()));
  EXPECT_EQ(counters->counts, then.counts());
}

TEST_F(SessionFile, aSnapshotThatIsNotThereSaysSo) {
  program.send(snapshotCalled("now"));
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& message : program.messages()) ASSERT_TRUE(session.take(message));
  ASSERT_TRUE(session.finish());
  EXPECT_TRUE(SessionReader::open(file).value().snapshot(0));
  const auto missing = SessionReader::open(file).value().snapshot(1);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::NotFound);
  EXPECT_EQ(missing.error().where, file.string());
}

TEST_F(SessionFile, heapsBesideMallocsComeBack) {
  const std::uint32_t textures = program.heap("textures");
  const auto stack = program.stack({"load", "main"});
  program.allocate(7, stack);
  program.free(program.allocateIn(textures, 40, stack));
  program.flush();
  program.heap("sounds");  // Later than its first events.
  program.allocateIn(3, 25, stack);
  program.allocateIn(1, 4096, stack);
  program.exit(0);
  const auto messages = program.messages();
  for (const bool finish : {true, false}) {  // From a checkpoint, and by replay.
    const auto path = folder / (finish ? "finished.heaptap" : "cut.heaptap");
    auto session = SessionUnderTest::create(path, program.hello()).value();
    for (const auto& message : messages) ASSERT_TRUE(session.take(message));
    if (finish) {
      ASSERT_TRUE(session.finish());
    }
    const auto stored = load(path);
    const auto& record = stored.builder.record();
    EXPECT_EQ(record.definitions.now().heapName(model::HeapId{2}), "textures");
    EXPECT_EQ(record.definitions.now().heapName(model::HeapId{3}), "sounds");
    EXPECT_EQ(record.definitions.now().heaps(), 4U);
    expectSameNumbers(record.model, session.record().model);
    EXPECT_EQ(record.model.totals().allocations, 1U);
    EXPECT_EQ(record.model.totals(model::HeapId{2}).peakBytes, 40U);
    EXPECT_EQ(record.model.totals(model::HeapId{3}).liveBytes, 25U);
    EXPECT_EQ(record.model.totals(model::kMappingsHeap).liveBytes, 4096U);
  }
}

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
std::filesystem::path asIfKilled(const std::filesystem::path& file) {
  std::filesystem::path copy = file;
  copy.replace_filename("killed.heaptap");
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::copy_file(file.string() + suffix, copy.string() + suffix);
  }
  return copy;
}

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
  ASSERT_TRUE(database.run("DELETE FROM event_blob WHERE sequence <= (SELECT sequence FROM checkpoint)"));
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
  std::ofstream(file) << "precious";
  const auto refused = SessionUnderTest::create(file, program.hello());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::AlreadyExists);
  EXPECT_EQ(std::filesystem::file_size(file), 8U);
  auto forced = SessionUnderTest::create(file, program.hello(), {.force = true});
  ASSERT_TRUE(forced);
  ASSERT_TRUE(forced->finish());
  EXPECT_EQ(load(file).builder.record().identity.pid, 4711U);
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
