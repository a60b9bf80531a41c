// SPDX-License-Identifier: Apache-2.0
#include "collector/query/notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(Notes, whatWasOneTooManyIsTold) {
  Overview session{.custody = {.state = State::Complete}};
  session.relay.findingsBeyond = 1;
  session.relay.marksBeyond = 2;
  EXPECT_THAT(notesOn(session),
              ElementsAre(StartsWith("1 wrong use of the heap"), StartsWith("2 marks are not")));
}

TEST(Notes, everyLossHasItsLine) {
  Overview session{.custody = {.state = State::CutShort, .eventsNotStored = 12, .storeFailed = "x: full"}};
  session.dropped = {.allocations = 2, .bytes = 1, .frees = 3};
  session.relay = {
      .unmatchedFrees = 1, .unrecordedFrees = 5, .lostFrees = 6, .brokenStreams = 7, .invalidStacks = 8};
  session.stacks.unknown = 9;
  const auto notes = notesOn(session);
  EXPECT_EQ(notes.size(), 10U);
  EXPECT_THAT(notes, Contains(StartsWith("2 allocations (1 byte) and 3 frees were dropped")));
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

TEST(Notes, imperfectStacksAreMentionedWhenThereAreMany) {
  Overview session{.custody = {.state = State::Complete}};
  session.totals.allocations = 1000;
  session.stacks.guessed = 9;
  EXPECT_THAT(notesOn(session), IsEmpty());
  session.stacks.guessed = 10;
  EXPECT_THAT(notesOn(session), ElementsAre(StartsWith("10 allocations have frames")));
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
  const auto quality = overviewOf(view->record, view->custody).stacks;
  EXPECT_EQ(quality.guessed, 2U);
  EXPECT_EQ(quality.unknown, 1U);
  EXPECT_EQ(quality.lost, 0U);
}

}  // namespace
}  // namespace heaptap::query
