// SPDX-License-Identifier: Apache-2.0
#include "gui/models/comparison/other_choices.h"

#include <gtest/gtest.h>

namespace heaptap::gui {
namespace {

constexpr qint64 kDay = 86'400'000'000'000;

Session sessionOf(const QString& id, const QString& program, qint64 startedAtUnixNs) {
  Session session;
  session.id = id;
  session.command = {program};
  session.startedAtUnixNs = startedAtUnixNs;
  session.state = SessionState::Complete;
  return session;
}

class Choices : public testing::Test {
 protected:
  Choices() {
    summary.session = sessionOf("now", "/usr/bin/server", 10 * kDay);
    store.setSummary(summary);
  }
  QStringList texts(const TimeChoice& time = {}, const std::optional<ComparedSide>& chosen = {}) {
    QStringList shown;
    for (const OtherChoice& choice : otherChoices(store, time, chosen)) shown << choice.text;
    return shown;
  }

  SessionStore store;
  Summary summary;
};

TEST_F(Choices, BeginWithTheRunBeforeOfTheSameProgram) {
  store.setSessions({sessionOf("later", "/usr/bin/server", 11 * kDay), summary.session,
                     sessionOf("other", "/usr/bin/client", 9 * kDay), sessionOf("a", "./server", 7 * kDay),
                     sessionOf("b", "./server", 8 * kDay)});
  const auto choices = otherChoices(store, {}, {});
  ASSERT_EQ(choices.front().kind, OtherChoice::Kind::RunBefore);
  EXPECT_EQ(choices.front().side.name, "b");
  EXPECT_EQ(choices.front().side.of, ComparedSide::Of::OtherSession);
  EXPECT_EQ(choices.back().kind, OtherChoice::Kind::AnotherTime);
  for (const OtherChoice& choice : choices) EXPECT_NE(choice.side.name, "now") << "not with itself";
}

TEST_F(Choices, BeginWithAOfAStretchThatIsChosen) {
  store.setSessions({sessionOf("b", "./server", 8 * kDay)});
  const auto choices = otherChoices(store, TimeChoice::stretch(1'500'000'000, 2'000'000'000), {});
  EXPECT_EQ(choices.front().kind, OtherChoice::Kind::TimelineA);
  EXPECT_EQ(choices.front().side.at, "1.5s");
}

TEST_F(Choices, HavePeakAndMarksOfTheSession) {
  Mark mark;
  mark.name = "warm\nup";
  mark.atNs = 1'000'000'001;
  summary.marks = {mark};
  store.setSummary(summary);
  EXPECT_TRUE(texts().contains("the peak"));
  EXPECT_TRUE(texts().join('|').contains(QStringLiteral("“warm up”"))) << "names break no line";
  const auto choices = otherChoices(store, {}, {});
  EXPECT_TRUE(choiceOf(choices, {.of = ComparedSide::Of::ThisSession, .at = "1.000000001s"}).has_value());
}

TEST_F(Choices, KeepWhatWasChosenAmongThem) {
  const ComparedSide file{.of = ComparedSide::Of::File, .name = "/tmp/old.heaptap", .at = "50%"};
  const auto choices = otherChoices(store, {}, file);
  EXPECT_EQ(choices.front().text, "old.heaptap");
  EXPECT_EQ(choiceOf(choices, file), 0U);
  const ComparedSide moment{.of = ComparedSide::Of::ThisSession, .at = "3min"};
  const auto others = otherChoices(store, {}, moment);
  const auto at = choiceOf(others, moment);
  ASSERT_TRUE(at);
  EXPECT_EQ(others[*at].kind, OtherChoice::Kind::AnotherTime);
}

TEST(WrittenMoments, AreExact) {
  EXPECT_EQ(writtenMoment(0), "0s");
  EXPECT_EQ(writtenMoment(12'500'000'000), "12.5s");
  EXPECT_EQ(writtenMoment(1), "0.000000001s");
  EXPECT_EQ(writtenMoment(3'600'000'000'001), "3600.000000001s");
}

}  // namespace
}  // namespace heaptap::gui
