// SPDX-License-Identifier: Apache-2.0
//
// What `heaptap top` shows and how it follows its keys, without a terminal.
#include <gmock/gmock.h>

#include "cli/top/row_selection.h"
#include "cli/top/top_columns.h"
#include "cli/top/top_controls.h"
#include "cli/top/top_layout.h"
#include "cli/top/top_picture.h"
#include "tests/client/profile_builder.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

using client::ProfileBuilder;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Picture = std::shared_ptr<const TopPicture>;

/// A program that is looked at as it goes on: a parser that keeps much, and a renderer that allocates often.
class TopScreen : public testing::Test {
 protected:
  TopScreen() {
    m_builder.summary().mutable_info()->set_state(v1::SESSION_LIVE);
    m_builder.summary().mutable_info()->add_command("/usr/bin/program");
    m_builder.summary().mutable_info()->set_pid(4711);
    m_parse = m_builder.count(
        {.size = 1000,
         .stack = m_builder.stack({"malloc", "operator new(unsigned long)", "app::parse(int)", "main"}),
         .allocations = 10,
         .live = 10});
    m_render = m_builder.count(
        {.size = 10, .stack = m_builder.stack({"malloc", "render", "main"}), .allocations = 100, .live = 5});
  }
  /// More allocations of a pair, of which some stay.
  void allocate(model::PairId pair, std::uint64_t blocks, std::uint64_t stay) {
    model::PairCounters& counters = m_builder.counts().pairs[model::index(pair)];
    counters.allocations += blocks;
    counters.live += stay;
  }
  Picture look(milliseconds after = milliseconds(1000)) {
    v1::Summary& summary = m_builder.summary();
    const auto& pairs = m_builder.counts().pairs;
    summary.set_live_bytes(pairs[0].live * 1000 + pairs[1].live * 10);
    summary.set_live_blocks(pairs[0].live + pairs[1].live);
    summary.set_allocations(pairs[0].allocations + pairs[1].allocations);
    summary.mutable_info()->set_duration_ns(summary.info().duration_ns() +
                                            1'000'000 * static_cast<std::uint64_t>(after.count()));
    m_at += after;
    auto picture = m_maker.next({.profile = m_builder.profile(), .residentBytes = 1 << 20, .at = m_at});
    EXPECT_TRUE(picture);
    m_controls.take(*picture);
    return *picture;
  }
  const TopRow& rowOf(const Picture& picture, model::PairId pair) {
    const auto stack = picture->table->profile().definitions.pair(pair).stack;
    return *std::ranges::find_if(picture->rows, [&](const TopRow& row) { return row.key.stack == stack; });
  }
  std::vector<std::string> screen(std::size_t columns, std::size_t rows) {
    std::vector<std::string> lines;
    for (const TopLine& line :
         screenOf(m_controls, {.name = "4711", .trouble = {}}, {.rows = rows, .columns = columns})) {
      std::string text;
      for (const TopLine::Span& span : line.spans) text += span.text;
      lines.push_back(text);
    }
    return lines;
  }
  std::string text(std::size_t columns = 80, std::size_t rows = 24) {
    std::string all;
    for (const std::string& line : screen(columns, rows)) all += line + "\n";
    return all;
  }
  void type(std::string_view letters) {
    for (const char letter : letters) (void)m_controls.press({.letter = std::string(1, letter)});
  }
  void press(TopKey::Kind key) { (void)m_controls.press({.kind = key}); }

  ProfileBuilder m_builder;
  model::PairId m_parse{};
  model::PairId m_render{};
  PictureMaker m_maker{""};
  TopControls m_controls{TopOrder::Live, ""};
  std::chrono::steady_clock::time_point m_at{};
};

TEST_F(TopScreen, TellsHowEachCallSiteChanges) {
  Picture picture = look();
  EXPECT_EQ(rowOf(picture, m_parse).liveBytes, 10'000U);
  EXPECT_EQ(rowOf(picture, m_parse).growth, 0) << "one look says nothing of that";
  EXPECT_EQ(picture->rate, std::nullopt);
  allocate(m_parse, 4, 2);
  picture = look(milliseconds(500));
  EXPECT_EQ(rowOf(picture, m_parse).changedBytes, 2'000);
  EXPECT_EQ(rowOf(picture, m_parse).growth, 4'000);
  EXPECT_EQ(rowOf(picture, m_parse).rate, 8);
  EXPECT_EQ(picture->rate, 8);
  picture = look();
  EXPECT_EQ(rowOf(picture, m_parse).growth, 0) << "since the last look";
  EXPECT_EQ(rowOf(picture, m_parse).changedBytes, 2'000) << "since the first one";
  m_maker.restart();
  allocate(m_parse, 1, 1);
  picture = look();
  EXPECT_EQ(rowOf(picture, m_parse).changedBytes, 1'000) << "since the restart";
}

TEST_F(TopScreen, NamesCallSitesByTheProgramsOwnFunctions) {
  look();
  EXPECT_THAT(text(),
              AllOf(HasSubstr("9.77 KiB"), HasSubstr("app::parse ← main"), Not(HasSubstr("operator new"))));
}

TEST_F(TopScreen, SortsByEachOfItsColumns) {
  look();
  allocate(m_parse, 1, 0);
  allocate(m_render, 1'000, 7);
  look();
  const auto first = [&] { return m_controls.picture()->rows[m_controls.rows().front()].key.stack; };
  const auto stackOf = [&](model::PairId pair) {
    return m_controls.picture()->table->profile().definitions.pair(pair).stack;
  };
  EXPECT_EQ(first(), stackOf(m_parse));
  for (const char key : {'b', 'c', 'g', 'a'}) {
    type("l");
    type(std::string_view(&key, 1));
    EXPECT_EQ(first(), stackOf(m_render)) << key;
  }
  type("l");
  for (int i = 0; i < 5; ++i) type(">");
  EXPECT_EQ(m_controls.order(), TopOrder::Live) << "around";
  type("p");
  EXPECT_EQ(m_controls.order(), TopOrder::Live) << "there is no such column before the end";
}

TEST_F(TopScreen, FiltersAsItIsTyped) {
  look();
  type("/PARSE");
  EXPECT_THAT(m_controls.rows(), IsEmpty());
  EXPECT_THAT(text(), AllOf(HasSubstr("no call site has \"PARSE\""), HasSubstr("filter: PARSE_")));
  for (int i = 0; i < 5; ++i) press(TopKey::Kind::Backspace);
  type("parse(i");
  EXPECT_THAT(m_controls.rows(), SizeIs(1)) << "a text, not an expression";
  press(TopKey::Kind::Enter);
  EXPECT_THAT(text(), HasSubstr("filter: parse(i"));
  type("/x");
  press(TopKey::Kind::Escape);
  EXPECT_EQ(m_controls.filter(), "parse(i") << "the one before";
  press(TopKey::Kind::Escape);
  EXPECT_THAT(m_controls.rows(), SizeIs(2));
  // In modules, too; and letters of several bytes go as one.
  type("/program");
  EXPECT_THAT(m_controls.rows(), SizeIs(2));
  (void)m_controls.press({.letter = "é"});
  press(TopKey::Kind::Backspace);
  EXPECT_EQ(m_controls.filter(), "program");
}

TEST_F(TopScreen, StaysAsItIsWhilePaused) {
  look();
  type(" ");
  allocate(m_parse, 90, 90);
  look();
  EXPECT_THAT(text(), AllOf(HasSubstr("PAUSED"), HasSubstr("9.77 KiB")));
  type(" ");
  EXPECT_THAT(text(), AllOf(Not(HasSubstr("PAUSED")), HasSubstr("97.7 KiB")));
}

TEST_F(TopScreen, TheChosenCallSiteStaysChosen) {
  look();
  press(TopKey::Kind::Down);
  ASSERT_EQ(m_controls.chosenAt(), 1U);
  allocate(m_render, 100'000, 100'000);
  look();
  EXPECT_EQ(m_controls.chosenAt(), 0U) << "it is the first now";
  press(TopKey::Kind::Enter);
  EXPECT_THAT(text(), AllOf(HasSubstr("render"), HasSubstr("innermost function first"),
                            Not(HasSubstr("app::parse"))));
  press(TopKey::Kind::Enter);
  EXPECT_THAT(text(), HasSubstr("CALL SITE"));
}

TEST_F(TopScreen, SaysWhatTheNumbersLack) {
  m_builder.summary().set_dropped_allocations(7);
  m_builder.summary().set_unmatched_frees(3);
  m_builder.summary().add_notes("a note of the collector\n");
  look();
  EXPECT_THAT(text(), AllOf(HasSubstr("! 7 events dropped"), HasSubstr("more)")));
  EXPECT_THAT(text(80, 60), HasSubstr("! 7 events dropped"));
}

TEST_F(TopScreen, SaysThatTheSessionHasEnded) {
  look();
  m_builder.summary().mutable_info()->set_state(v1::SESSION_COMPLETE);
  m_builder.summary().set_end("exited 3");
  look();
  EXPECT_THAT(text(), AllOf(HasSubstr("ended after 2.00 s, exited 3"), HasSubstr("LEFT*"),
                            HasSubstr("AT PEAK"), Not(HasSubstr("GROWTH"))));
}

TEST_F(TopScreen, FitsIntoEachSize) {
  for (int i = 0; i < 50; ++i)
    m_builder.count({.size = 64,
                     .stack = m_builder.stack({"malloc", "function_" + std::to_string(i), "main"}),
                     .allocations = 1,
                     .live = 1});
  look();
  for (const auto& [columns, rows] :
       {std::pair{80, 24}, {200, 60}, {20, 5}, {40, 10}, {1, 1}, {3, 2}, {10, 3}, {500, 300}}) {
    const auto lines = screen(static_cast<std::size_t>(columns), static_cast<std::size_t>(rows));
    EXPECT_LE(lines.size(), static_cast<std::size_t>(rows)) << columns << "x" << rows;
    EXPECT_THAT(lines, Not(IsEmpty()));
  }
  EXPECT_THAT(screen(20, 5)[2], HasSubstr("parse"));
  // The last one comes into sight.
  press(TopKey::Kind::End);
  EXPECT_THAT(text(40, 10), HasSubstr("render"));
  press(TopKey::Kind::Home);
  EXPECT_THAT(text(40, 10), HasSubstr("app::parse"));
}

TEST_F(TopScreen, ShowsAnyName) {
  const std::string evil = "evil\n\x1b[2J\xff\xc2\x9b" + std::string(3 << 20, 'x');
  m_builder.count(
      {.size = 1 << 30, .stack = m_builder.stack({"malloc", evil, "main"}), .allocations = 1, .live = 1});
  m_builder.summary().mutable_info()->set_command(0, evil);
  look();
  for (const bool isStack : {false, true}) {
    if (isStack) press(TopKey::Kind::Enter);
    const std::string shown = text();
    EXPECT_THAT(shown, AllOf(HasSubstr("evil"), Not(HasSubstr("\x1b")), Not(HasSubstr("\xff")),
                             Not(HasSubstr("\xc2\x9b"))));
    EXPECT_EQ(validUtf8(shown), shown);
  }
}

TEST_F(TopScreen, AnUnknownHeapIsAnError) {
  PictureMaker maker("cache");
  const auto picture = maker.next({.profile = m_builder.profile(), .residentBytes = {}, .at = {}});
  ASSERT_FALSE(picture);
  EXPECT_EQ(picture.error().code, Code::NotFound);
}

}  // namespace
}  // namespace heaptap::cli
