// SPDX-License-Identifier: Apache-2.0
// What of a session comes back from its file.
#include <gtest/gtest.h>

#include <algorithm>

#include "collector/ingest/counters_check.h"
#include "collector/model/frame_names.h"
#include "tests/collector/store/session_file.h"

namespace heaptap::store {
namespace {

using SessionContents = SessionFile;

template <class T>
bool sameEntries(const model::Column<T>& a, const model::Column<T>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

TEST_F(SessionContents, aFinishedSessionComesBackWhole) {
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

TEST_F(SessionContents, sayHowFarTheyWereRead) {
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

TEST_F(SessionContents, readingEndsWhenItIsStopped) {
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

TEST_F(SessionContents, whatTheRelayCountedComesBack) {
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

TEST_F(SessionContents, fromBeforeACounterHasNoneAndGoesOn) {
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

TEST_F(SessionContents, whyNamesAreMissingComesBack) {
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

TEST_F(SessionContents, whatRecordingCostComesBack) {
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

TEST_F(SessionContents, residentMemoryComesBack) {
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

TEST_F(SessionContents, aSnapshotIsTheHeapAsItWasThen) {
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
  const auto counters = snapshotIn(file, 0);
  ASSERT_TRUE(counters);
  EXPECT_EQ(counters->counts, then.counts());
}

TEST_F(SessionContents, aSnapshotOfNothingIsOne) {
  program.send(snapshotCalled("now"));
  auto session = SessionUnderTest::create(file, program.hello()).value();
  for (const auto& message : program.messages()) ASSERT_TRUE(session.take(message));
  ASSERT_TRUE(session.finish());
  EXPECT_TRUE(snapshotIn(file, 0));
  EXPECT_FALSE(snapshotIn(file, 1));
}

TEST_F(SessionContents, heapsBesideMallocsComeBack) {
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

}  // namespace
}  // namespace heaptap::store
