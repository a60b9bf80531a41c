// SPDX-License-Identifier: Apache-2.0
#include "collector/query/notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/collector/query/view_of.h"

namespace heaptap::query {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(Notes, aWholeRecordNeedsNone) {
  EXPECT_THAT(notesOn({.custody = {.state = State::Complete}}), IsEmpty());
}

TEST(Notes, anAllocatorInFrontOfHeaptapsIsTold) {
  Overview session{.custody = {.state = State::Complete}};
  session.relay.bypassed = true;
  EXPECT_THAT(notesOn(session), ElementsAre(StartsWith("the program defines malloc itself")));
}

TEST(Notes, librariesThatLookPastHeaptapAreTold) {
  Overview session{.custody = {.state = State::Complete}};
  session.relay.lookedPast = true;
  EXPECT_THAT(notesOn(session), ElementsAre(HasSubstr("by dlmopen or with RTLD_DEEPBIND")));
}

TEST(Notes, modulesWithoutNamesAreToldByReason) {
  using Missing = model::NamesMissing;
  Overview session{.custody = {.state = State::Complete}};
  for (const char* const path : {"/a", "/b", "/a", "/c", "/d", "/e"})
    session.nameless.push_back({.path = path, .missing = Missing::NoDescriptor});
  session.nameless.push_back({.path = "/tmp/gone.so", .missing = Missing::FileGone});
  session.nameless.push_back({.path = "/tmp/half.so", .missing = Missing::AllButExported});
  session.nameless.push_back({.path = "/tmp/split", .missing = Missing::SplitFiles});
  session.nameless.push_back({.path = "/tmp/other", .missing = Missing::OtherDebugFile});
  session.nameless.push_back({.path = "/tmp/noise", .missing = Missing::DebugDamaged});
  session.relay.modulesBeyond = 9;
  EXPECT_THAT(
      notesOn(session),
      ElementsAre(StartsWith("9 modules too many for the table of modules"),
                  "no names from /tmp/gone.so: the file was removed before it could be read",
                  StartsWith("no names from /a, /b, /c and 2 others: heaptap had no file descriptor"),
                  "only exported names from /tmp/half.so: the file was removed before it could be read",
                  "no lines and no inlined functions from /tmp/split: they are in .dwo or .dwp files that "
                  "were not found",
                  "no lines and no inlined functions from /tmp/other: the debug file that was found belongs "
                  "to another "
                  "build",
                  "no lines and no inlined functions from /tmp/noise: the debug information is damaged, or "
                  "larger than "
                  "heaptap reads"));
}

TEST(Notes, whatWasOneTooManyIsTold) {
  Overview session{.custody = {.state = State::Complete}};
  session.relay.findingsBeyond = 1;
  session.relay.marksBeyond = 2;
  EXPECT_THAT(notesOn(session),
              ElementsAre(StartsWith("1 wrong use of the heap"), StartsWith("2 marks are not")));
}

TEST(Notes, aRecordWithoutEventsHasOneThatSaysWhatCannotBeAsked) {
  Overview session{.custody = {.state = State::Complete}};
  session.identity.withoutEvents = true;
  EXPECT_THAT(notesOn(session), ElementsAre(AllOf(HasSubstr("--no-events"), HasSubstr("history"))));
}

TEST(Notes, pausesAreTold) {
  Overview session{.custody = {.state = State::Complete}};
  session.relay.pausedNs = 3'400'000'000;
  session.relay.pausedSinceNs = 9'000'000'000;
  EXPECT_THAT(notesOn(session), ElementsAre(StartsWith("recording was paused for about 3.40 s: ")));
  session.custody.state = State::Live;
  EXPECT_THAT(notesOn(session), ElementsAre(StartsWith("recording is paused since 9.00 s: "),
                                            StartsWith("recording was paused for about 3.40 s: ")));
  session.relay = {.pausedNs = 1};
  EXPECT_THAT(notesOn(session), ElementsAre(HasSubstr("moments too short to be timed")));
}

TEST(Notes, everyLossHasItsLine) {
  Overview session{.custody = {.state = State::CutShort, .eventsNotStored = 12, .storeFailed = "x: full"}};
  session.drops.of(model::DropReason::Room) = {.allocations = 2, .bytes = 1, .frees = 3};
  session.drops.of(model::DropReason::Nesting) = {.allocations = 4, .bytes = 5, .frees = 0};
  session.relay = {
      .unmatchedFrees = 1, .unrecordedFrees = 5, .lostFrees = 6, .brokenStreams = 7, .invalidStacks = 8};
  session.stacks.unknown = 9;
  const auto notes = notesOn(session);
  EXPECT_EQ(notes.size(), 11U);
  EXPECT_THAT(notes, Contains(AllOf(StartsWith("2 allocations (1 byte) and 3 frees were dropped because the "
                                               "program was faster than heaptap"),
                                    HasSubstr("--exact"))));
  EXPECT_THAT(notes, Contains(StartsWith("4 allocations (5 bytes) and 0 frees were dropped because signal "
                                         "handlers")));
  EXPECT_THAT(notes, Contains(StartsWith("1 free named")));
  EXPECT_THAT(notes, Contains(StartsWith("5 frees ended blocks")));
  EXPECT_THAT(notes, Contains(StartsWith("6 blocks were closed")));
  EXPECT_THAT(notes, Contains(StartsWith("7 event streams")));
  EXPECT_THAT(notes, Contains(StartsWith("8 allocations have no stack")));
  EXPECT_THAT(notes, Contains(StartsWith("9 allocations have no stack because the table")));
  EXPECT_THAT(notes, Contains(StartsWith("12 events are counted")));
  EXPECT_THAT(notes, Contains(HasSubstr("cut short")));
  EXPECT_THAT(notes, Contains(AllOf(HasSubstr("does not hold everything"), HasSubstr("x: full"))));
}

TEST(Notes, eachReasonForADropHasWordsOfItsOwn) {
  std::set<std::string> notes;
  for (std::size_t reason = 0; reason < model::kDropReasons; ++reason) {
    Overview session{.custody = {.state = State::Complete}};
    session.drops.of(static_cast<model::DropReason>(reason)) = {.frees = 1};
    const auto note = notesOn(session);
    ASSERT_EQ(note.size(), 1U);
    EXPECT_THAT(note[0], AllOf(HasSubstr(" because "), HasSubstr("all numbers lack them; ")));
    notes.insert(note[0]);
  }
  EXPECT_EQ(notes.size(), model::kDropReasons);
}

TEST(Notes, imperfectStacksAreMentionedHoweverFewTheyAre) {
  Overview session{.custody = {.state = State::Complete}};
  session.totals.allocations = 2100;
  EXPECT_THAT(notesOn(session), IsEmpty());
  session.stacks = {.truncated = 1, .lost = 4, .guessed = 2};
  EXPECT_THAT(notesOn(session),
              ElementsAre(StartsWith("1 allocation has a stack deeper"),
                          StartsWith("4 allocations have a stack that could not be followed"),
                          StartsWith("2 allocations have frames")));
}

TEST(Notes, flagsOfFramesReachTheAllocationsOfTheirStacks) {
  test::RecordedProgram program;
  const auto main = program.frame("main");
  const auto guessed = program.frame("guessed", v1::FRAME_GUESSED);
  program.allocate(1, program.stackOf({main, guessed}));
  program.allocate(1, program.stackOf({main}));
  program.allocate(2, program.stackOf({main, guessed}));
  program.allocate(3, program.stackOf({program.frame("overflow", v1::FRAME_OVERFLOW)}));
  const auto view = viewOf(program);
  const auto quality = overviewOf(*view).stacks;
  EXPECT_EQ(quality.guessed, 2U);
  EXPECT_EQ(quality.unknown, 1U);
  EXPECT_EQ(quality.lost, 0U);
}

}  // namespace
}  // namespace heaptap::query
