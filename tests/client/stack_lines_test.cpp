// SPDX-License-Identifier: Apache-2.0
#include "client/stack_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "heaptap/v1/ingest.pb.h"
#include "tests/client/profile_builder.h"

namespace heaptap::client {
namespace {

using testing::ElementsAre;

std::vector<std::string> functions(const Profile& profile, model::StackId stack) {
  std::vector<std::string> names;
  for (const StackLine& line : stackLines(profile, stack)) names.emplace_back(line.function);
  return names;
}

/// The stack first: a profile has what was there when it was made.
std::vector<StackLine> linesOf(ProfileBuilder& builder, const std::vector<model::FrameId>& frames) {
  const auto stack = builder.stackOf(frames);
  return stackLines(builder.profile(), stack);
}

TEST(StackLines, LeaveOutTheAllocatorsOwnLeadingLines) {
  ProfileBuilder builder;
  const auto stack = builder.stack({"malloc", "calloc", "parse", "malloc", "main"});
  EXPECT_THAT(functions(builder.profile(), stack), ElementsAre("parse", "malloc", "main")) << "leading only";
  EXPECT_EQ(startOf(builder.profile(), stack).leading, 2U);
}

TEST(StackLines, ShowTheAllocatorsLinesWhereThereAreNoOthers) {
  ProfileBuilder builder;
  const auto stack = builder.stack({"malloc", "calloc"});
  EXPECT_THAT(functions(builder.profile(), stack), ElementsAre("malloc", "calloc"));
}

TEST(StackLines, MayBeginWithinAFrame) {
  ProfileBuilder builder;
  const auto frame = builder.place({{.function = "operator new(unsigned long)", .isAllocator = true},
                                    {.function = "make", .file = "/src/make.cpp", .line = 7}});
  const auto stack = builder.stackOf({frame, builder.frame("main")});
  const auto lines = stackLines(builder.profile(), stack);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].function, "make");
  EXPECT_EQ(lines[0].file, "/src/make.cpp");
  EXPECT_EQ(lines[0].line, 7U);
  EXPECT_FALSE(lines[0].isInlined);
  EXPECT_EQ(lines[0].module, "/usr/bin/program");
  EXPECT_EQ(lines[0].address, lines[0].pc + 0x400000);
}

TEST(StackLines, AnInlinedFunctionComesBeforeItsCaller) {
  ProfileBuilder builder;
  const auto frame = builder.place({{.function = "inner"}, {.function = "outer"}}, v1::FRAME_GUESSED);
  const auto lines = linesOf(builder, {frame});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(lines[0].isInlined);
  EXPECT_TRUE(lines[1].isGuessed);
  EXPECT_EQ(lines[1].function, "outer");
}

TEST(StackLines, WithoutANameHaveTheirAddress) {
  ProfileBuilder builder;
  const auto inModule = builder.place({});
  const auto outside = builder.place({}, 0, 0);
  const auto lines = linesOf(builder, {inModule, outside});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].address, lines[0].pc + 0x400000);
  EXPECT_EQ(lines[1].module, "");
  EXPECT_EQ(lines[1].address, lines[1].pc);
}

TEST(StackLines, SayWhatIsMissing) {
  ProfileBuilder builder;
  for (const auto& [flag, text] :
       {std::pair(v1::FRAME_LOST, "[outer frames: could not be followed]"),
        std::pair(v1::FRAME_TRUNCATED, "[outer frames: deeper than heaptap walks]"),
        std::pair(v1::FRAME_OVERFLOW, "[stack unknown: the table was full]")}) {
    const auto missing = builder.place({}, static_cast<std::uint32_t>(flag), 0);
    const auto lines = linesOf(builder, {builder.frame("f"), missing});
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[1].function, text);
    EXPECT_EQ(lines[1].address, 0U);
  }
}

TEST(StackLines, AreBoundedHoweverDeepAStackIs) {
  ProfileBuilder builder;
  const std::vector<model::FrameId> frames(2 * kMaxStackLines, builder.frame("again"));
  EXPECT_EQ(linesOf(builder, frames).size(), kMaxStackLines);
}

TEST(StackLines, OfAStackThatIsNotDefinedAreNone) {
  ProfileBuilder builder;
  EXPECT_TRUE(stackLines(builder.profile(), model::StackId{7}).empty());
  EXPECT_TRUE(stackLines(builder.profile(), model::StackId{}).empty());
}

TEST(FrameNames, TheNewestNameCounts) {
  ProfileBuilder builder;
  const auto frame = builder.frame("sub_1234");
  const auto stack = builder.stackOf({frame});
  const Profile before = builder.profile();
  builder.rename(frame, {{.function = "parse"}});
  Profile after = builder.profile();
  EXPECT_THAT(functions(after, stack), ElementsAre("parse"));
  EXPECT_THAT(functions(before, stack), ElementsAre("sub_1234"));
  after.names = FrameNames::of(after.definitions, before.names);
  EXPECT_THAT(functions(after, stack), ElementsAre("parse"));
  EXPECT_EQ(FrameNames::of(after.definitions, after.names), after.names) << "nothing new, nothing made";
}

TEST(FrameNames, PlacesInOneFunctionAreOneFunction) {
  ProfileBuilder builder;
  const auto one = builder.place({{.function = "f", .line = 1}});
  const auto two = builder.place({{.function = "f", .line = 2}});
  const auto elsewhere = builder.place({{.function = "f"}}, 0, builder.module("/lib/other.so"));
  const auto nameless = builder.place({});
  const auto other = builder.place({});
  const Profile profile = builder.profile();
  const auto id = [&](model::FrameId frame) { return profile.names->functions(frame)[0]; };
  EXPECT_EQ(id(one), id(two));
  EXPECT_NE(id(one), id(elsewhere));
  EXPECT_NE(id(nameless), id(other)) << "without a name, each place is for itself";
  EXPECT_EQ(profile.names->function(id(two)).frame, one);
}

}  // namespace
}  // namespace heaptap::client
