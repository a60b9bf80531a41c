// SPDX-License-Identifier: Apache-2.0
//
// Keyframes in files: what can be asked of which instant, as events come and go.
#include <gmock/gmock.h>

#include <map>

#include "blob/blob_codec.h"
#include "collector/store/anonymized_copy.h"
#include "collector/store/verification/session_verification.h"
#include "tests/collector/counted_messages.h"
#include "tests/collector/store/session_file.h"
#include "tests/collector/store/session_under_test.h"
#include "tests/support/keyframe_columns.h"
#include "tests/support/whole_batch.h"

namespace heaptap::store {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class StoredKeyframes : public SessionFile {
 protected:
  /// Each message is committed by itself.
  void record(const WriterOptions& options = {}) {
    auto session = SessionUnderTest::create(file, program.hello(), options).value();
    for (const auto& message : messages) {
      const auto taken = session.take(message);
      ASSERT_TRUE(taken) << taken.error().line();
    }
    ASSERT_TRUE(session.finish());
  }
  SessionReader reader() { return SessionReader::open(file).value(); }
  Verification verified() {
    auto verification = verifySession(file);
    EXPECT_TRUE(verification) << verification.error().line();
    return verification.value_or(Verification{});
  }
  void run(const std::string& sql) {
    const auto changed = Database::open(file, Database::Mode::ReadWrite).value().run(sql);
    ASSERT_TRUE(changed) << changed.error().line();
  }
  /// Stores other columns of the first part of the last keyframe.
  void change(const std::function<void(test::UnpackedKeyframe&)>& how) {
    auto database = Database::open(file, Database::Mode::ReadWrite).value();
    v1::KeyframeColumns columns;
    {
      auto row = database.prepare("SELECT data FROM keyframe WHERE part = 0 ORDER BY sequence DESC").value();
      ASSERT_TRUE(row.next().value());
      ASSERT_TRUE(BlobDecoder().decode(row.text("data"), columns));
    }
    test::UnpackedKeyframe unpacked = test::unpacked(columns);
    how(unpacked);
    const std::string changed = *BlobEncoder().encode(test::packed(unpacked));
    auto update = database
                      .prepare(
                          "UPDATE keyframe SET data = :data WHERE sequence = (SELECT max(sequence) FROM "
                          "keyframe WHERE part = 0)")
                      .value();
    ASSERT_TRUE(update.run(Named{"data", BlobView{changed}}));
  }
  /// From where on what is live at an instant is to be followed: the last keyframe before it, or the
  /// beginning. None: the instant cannot be asked.
  std::optional<KeyframePlace> startFor(std::uint64_t atNs) {
    SessionReader from = reader();
    const auto askable = from.askableInstants().value();
    if (!askable || atNs < askable->fromNs || (askable->untilNs && atNs > *askable->untilNs))
      return std::nullopt;
    KeyframePlace latest;
    const auto keyframes = from.keyframes().value();
    for (const KeyframePlace& keyframe : keyframes)
      if (keyframe.atNs <= atNs) latest = keyframe;
    return latest;
  }
  /// The numbers of what is live at this instant, by the keyframe before it and the events since.
  std::vector<std::uint64_t> liveAt(std::uint64_t atNs) {
    SessionReader from = reader();
    const auto keyframe = startFor(atNs);
    EXPECT_TRUE(keyframe) << atNs;
    if (!keyframe) return {};
    std::map<std::uint64_t, bool> live;
    if (keyframe->lastSequence != 0) {
      const auto blocks = from.blocksOf(*keyframe, 1000).value();
      for (const model::LiveBlock& block : blocks) live[block.number] = true;
    }
    std::uint64_t next = keyframe->firstAllocation;
    const auto read =
        from.events({.afterSequence = keyframe->lastSequence},
                    [&](const StoredBatch& where, const v1::EventBatch& packed) {
                      const v1::UnpackedEventBatch batch = test::whole(packed, *where.chunks, 1);
                      std::uint64_t timeNs = batch.base_time_ns();
                      std::uint64_t freed = batch.first_allocation();
                      int frees = 0;
                      EXPECT_EQ(batch.first_allocation(), next);
                      for (std::uint32_t i = 0; i < batch.events(); ++i) {
                        timeNs += batch.time(static_cast<int>(i));
                        const bool isFree = (batch.kinds()[i / 8] >> i % 8 & 1) != 0;
                        const std::uint64_t number =
                            isFree ? freed += static_cast<std::uint64_t>(batch.freed(frees++)) : next++;
                        if (timeNs > atNs) continue;
                        if (isFree)
                          EXPECT_EQ(live.erase(number), 1U) << number;
                        else
                          live[number] = true;
                      }
                      return Result<bool>(true);
                    });
    EXPECT_TRUE(read) << read.error().line();
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, isLive] : live) numbers.push_back(number);
    return numbers;
  }

  std::vector<v1::RecordRequest> messages;
};

TEST_F(StoredKeyframes, LeadToWhatIsLiveAtAnyInstant) {
  messages = busyProgram(program, 12, 3000, 3);
  messages = test::counted(program.hello(), messages);
  record();
  EXPECT_THAT(reader().keyframes().value(), SizeIs(4));
  EXPECT_EQ(verified().keyframes, 4U);
  EXPECT_THAT(verified().differences, IsEmpty());
  const auto askable = reader().askableInstants().value();
  ASSERT_TRUE(askable);
  EXPECT_EQ(askable->fromNs, 0U);
  EXPECT_FALSE(askable->untilNs);

  const std::uint64_t endNs = reader().header().value().lastEventNs;
  std::map<std::uint64_t, std::vector<std::uint64_t>> withKeyframes;
  for (std::uint64_t part = 0; part <= 20; ++part)
    withKeyframes[endNs / 20 * part] = liveAt(endNs / 20 * part);
  run("DELETE FROM keyframe");
  for (const auto& [atNs, live] : withKeyframes) EXPECT_EQ(liveAt(atNs), live) << atNs;
  EXPECT_GT(withKeyframes.rbegin()->second.size(), 100U);
}

TEST_F(StoredKeyframes, HaveSeveralPartsAndTheBlocksOfAll) {
  const auto stack = program.stack({"main"});
  for (int i = 0; i < 10; ++i) program.at(100).allocate(8, stack);
  program.keyframe(4);
  messages = program.messages();
  record();
  SessionReader from = reader();
  const auto places = from.keyframes().value();
  ASSERT_THAT(places, SizeIs(1));
  EXPECT_EQ(places[0].lastSequence - places[0].firstSequence, 2U);
  EXPECT_EQ(places[0].atNs, 100U);
  EXPECT_EQ(places[0].blocks, 10U);
  const auto blocks = from.blocksOf(places[0], 1).value();
  ASSERT_THAT(blocks, SizeIs(10));
  EXPECT_EQ(blocks[9], (model::LiveBlock{9, 0x10000 + 9 * 0x100, 100, model::PairId{0}}));
  EXPECT_FALSE(from.blocksOf(places[0], 0)) << "a pair that is not defined";
}

TEST_F(StoredKeyframes, OneOfWhichACollectorGotAPartOnlyIsNone) {
  const auto stack = program.stack({"main"});
  for (int i = 0; i < 10; ++i) program.at(100).allocate(8, stack);
  program.keyframe(4);
  program.allocate(8, stack);
  program.keyframe(4);
  program.exit(0);
  messages = program.messages();
  std::size_t next = 0;
  {
    auto session = SessionUnderTest::create(file, program.hello()).value();
    for (; messages[next].keyframe().part() != 1; ++next) ASSERT_TRUE(session.take(messages[next]));
  }
  auto session = SessionUnderTest::resume(file).value();
  for (; next < messages.size(); ++next) {
    const auto taken = session.take(messages[next]);
    ASSERT_TRUE(taken) << taken.error().line();
  }
  ASSERT_TRUE(session.finish());
  // The rest of the first was not checked; but all its parts are there.
  EXPECT_THAT(reader().keyframes().value(), SizeIs(2));
  run("DELETE FROM keyframe WHERE sequence = (SELECT min(sequence) + 1 FROM keyframe)");
  const auto left = reader().keyframes().value();
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left[0].blocks, 11U);
  EXPECT_THAT(verified().differences, IsEmpty());
}

TEST_F(StoredKeyframes, TheQuotaTakesWholeStretchesBetweenThem) {
  messages = busyProgram(program, 90, 2000, 6);
  record({.maxFileBytes = 500'000});
  EXPECT_GT(number("SELECT events_not_stored FROM recording"), 0);
  const auto places = reader().keyframes().value();
  ASSERT_FALSE(places.empty());
  EXPECT_EQ(number("SELECT min(sequence) FROM keyframe"),
            static_cast<std::int64_t>(places.front().firstSequence));
  EXPECT_LT(places.front().firstSequence,
            static_cast<std::uint64_t>(number("SELECT min(sequence) FROM event_blob")));
  const auto askable = reader().askableInstants().value();
  ASSERT_TRUE(askable);
  EXPECT_GE(askable->fromNs, places.front().atNs);
  const Verification verification = verified();
  EXPECT_EQ(verification.keyframes, places.size());
  EXPECT_THAT(verification.differences, IsEmpty());

  // The same instants of a file that has everything.
  const std::uint64_t endNs = reader().header().value().lastEventNs;
  std::map<std::uint64_t, std::vector<std::uint64_t>> live;
  for (std::uint64_t part = 0; part <= 10; ++part) {
    const std::uint64_t atNs = askable->fromNs + (endNs - askable->fromNs) / 10 * part;
    live[atNs] = liveAt(atNs);
  }
  std::filesystem::remove(file);
  record({.maxFileBytes = 1ULL << 40});
  EXPECT_THAT(verified().differences, IsEmpty());
  for (const auto& [atNs, numbers] : live) EXPECT_EQ(liveAt(atNs), numbers) << atNs;
}

TEST_F(StoredKeyframes, WithoutRoomForOneByHalfMoreNothingCanBeAskedAndTheNumbersStay) {
  messages = busyProgram(program, 60, 5000, 50);
  record({.maxFileBytes = 200'000});
  EXPECT_GT(number("SELECT events_not_stored FROM recording"), 0);
  EXPECT_THAT(reader().keyframes().value(), IsEmpty());
  EXPECT_FALSE(reader().askableInstants().value());
  // Counts need no keyframe: checkpoints have them.
  const auto counted = reader().askableInstants(Asked::Counts).value();
  ASSERT_TRUE(counted);
  EXPECT_GT(counted->fromNs, 0U);
  EXPECT_LE(counted->fromNs, reader().header().value().lastEventNs);
  EXPECT_FALSE(counted->untilNs);
  EXPECT_THAT(verified().differences, IsEmpty());
  const auto totals = load(file).builder.record().model.totals();
  EXPECT_EQ(totals.allocations + totals.frees, 60U * 5000U);
}

TEST_F(StoredKeyframes, BeforeTheDiskWasFullInstantsCanStillBeAsked) {
  messages = busyProgram(program, 10, 3000, 4);
  {
    auto session = SessionUnderTest::create(file, program.hello()).value();
    for (const auto& message : messages) ASSERT_TRUE(session.take(message));
    ASSERT_TRUE(session.finish());
  }
  const std::uint64_t endNs = reader().header().value().lastEventNs;
  // As if from the seventh batch on there had been no room.
  run("CREATE TEMP TABLE seventh AS SELECT sequence FROM event_blob ORDER BY sequence LIMIT 1 OFFSET 6;"
      "UPDATE recording SET events_not_stored = 12000;"
      "DELETE FROM event_blob WHERE sequence >= (SELECT sequence FROM seventh);"
      "DELETE FROM keyframe WHERE sequence >= (SELECT sequence FROM seventh)");
  const auto askable = reader().askableInstants().value();
  ASSERT_TRUE(askable);
  EXPECT_EQ(askable->fromNs, 0U);
  ASSERT_TRUE(askable->untilNs);
  EXPECT_LT(*askable->untilNs, endNs);
  EXPECT_GT(*askable->untilNs, endNs / 2);
  EXPECT_GT(startFor(*askable->untilNs)->lastSequence, 0U);
  EXPECT_EQ(verified().keyframes, 1U);
}

TEST_F(StoredKeyframes, OneThatIsNotWhatTheEventsSayIsFound) {
  messages = busyProgram(program, 8, 2000, 4);
  const auto lie = [&](const std::function<void(test::UnpackedKeyframe&)>& how) {
    std::filesystem::remove(file);
    record();
    change(how);
    return verified().differences;
  };
  EXPECT_THAT(lie([](auto&) {}), IsEmpty());
  EXPECT_THAT(lie([](auto& c) { c.address[5] += 16; }), Contains(HasSubstr("not as by the events")));
  EXPECT_THAT(lie([](auto& c) { ++c.time[3], --c.time[4]; }), Contains(HasSubstr("not as by the events")));
  EXPECT_THAT(lie([](auto& c) { c.pair[3] ^= 1; }), Contains(HasSubstr("not as by the events")));
  EXPECT_THAT(lie([](auto& c) {
                const auto gap = std::find_if(c.number.begin() + 1, c.number.end(),
                                              [](std::uint64_t step) { return step > 1; });
                --*gap;
                ++*(gap + 1);
              }),
              Contains(HasSubstr("not live by the events")));
}

TEST_F(StoredKeyframes, DamagedOnesAreCorrupt) {
  messages = busyProgram(program, 8, 2000, 4);
  for (const char* const damage :
       {"UPDATE keyframe SET data = x'00'", "UPDATE keyframe SET data = NULL",
        "UPDATE keyframe SET blocks = blocks + 1", "UPDATE keyframe SET blocks = -1",
        "UPDATE keyframe SET blocks = 0", "UPDATE keyframe SET first_allocation = 1",
        "UPDATE keyframe SET at_ns = 0", "DROP TABLE keyframe",
        "UPDATE keyframe SET data = (SELECT data FROM event_blob LIMIT 1)"}) {
    std::filesystem::remove(file);
    record();
    run(damage);
    const auto verification = verifySession(file);
    ASSERT_FALSE(verification) << damage;
    EXPECT_EQ(verification.error().code, Code::Corrupt) << verification.error().line();
  }
}

TEST_F(StoredKeyframes, StayInACopyWithoutNames) {
  messages = busyProgram(program, 8, 2000, 4);
  record();
  const auto copy = folder / "copy.heaptap";
  PublicParts parts;
  parts.isOfTheSystem = [](auto) { return false; };
  ASSERT_TRUE(writeAnonymizedCopy(file, copy, false, parts));
  const auto verification = verifySession(copy).value();
  EXPECT_EQ(verification.keyframes, 2U);
  EXPECT_THAT(verification.differences, IsEmpty());
}

}  // namespace
}  // namespace heaptap::store
