// SPDX-License-Identifier: Apache-2.0
//
// Pages and pictures of comparisons: their sums, names that are hostile, sizes.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "analysis/comparison/comparison.h"
#include "export/comparison/diff_html.h"
#include "export/comparison/diff_svg.h"
#include "tests/analysis/made_run.h"
#include "tests/export/random_profile.h"
#include "tests/export/text_sink.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

using analysis::ComparedRun;
using analysis::test::MadeRun;
using ::testing::HasSubstr;

using Runs = std::vector<ComparedRun>;

class ComparisonPages : public ::testing::Test {
 protected:
  void compare(Runs before, Runs after, client::Cost cost = client::Cost::LiveBytes) {
    m_before = std::move(before);
    m_after = std::move(after);
    m_comparison = analysis::compare(m_before, m_after, cost);
  }
  [[nodiscard]] ComparisonSubject subject() const {
    return {.before = m_before, .after = m_after, .comparison = m_comparison, .costTitle = "bytes live"};
  }
  [[nodiscard]] std::string html() const {
    test::TextSink sink;
    writeDiffHtml(subject(), sink);
    return sink.text();
  }
  [[nodiscard]] std::string svg() const {
    test::TextSink sink;
    writeDiffSvg(subject(), sink);
    return sink.text();
  }
  /// As a browser does: to the first end of a script.
  static nlohmann::json dataOf(const std::string& page) {
    const std::string mark = "id=\"data\">";
    const std::size_t begin = page.find(mark) + mark.size();
    return nlohmann::json::parse(page.substr(begin, page.find("</script", begin) - begin));
  }
  static std::uint64_t sumOf(const nlohmann::json& numbers) {
    return std::accumulate(
        numbers.begin(), numbers.end(), std::uint64_t{0},
        [](std::uint64_t sum, const auto& number) { return sum + number.template get<std::uint64_t>(); });
  }
  static std::uint64_t numbersBehind(const std::string& text, const std::string& mark) {
    std::uint64_t sum = 0;
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1))
      sum += std::stoull(text.substr(at + mark.size(), 24));
    return sum;
  }

  Runs m_before;
  Runs m_after;
  analysis::Comparison m_comparison;
};

TEST_F(ComparisonPages, HaveTheSumsOfBothSummaries) {
  for (const std::uint32_t seed : {1U, 3U, 5U}) {
    const Subject before = test::randomSubject(seed);
    const Subject after = test::randomSubject(seed + 1);
    compare({{.name = "a", .profile = before.profile}}, {{.name = "b", .profile = after.profile}});
    const nlohmann::json data = dataOf(html());
    const auto& tree = data.at("tree");
    EXPECT_EQ(sumOf(tree.at("selfBefore")), before.summary().live_bytes());
    EXPECT_EQ(sumOf(tree.at("selfAfter")), after.summary().live_bytes());
    EXPECT_EQ(tree.at("before")[0], before.summary().live_bytes());
    EXPECT_EQ(tree.at("after")[0], after.summary().live_bytes());
    std::int64_t changes = 0;
    for (const auto& site : data.at("sites"))
      changes += site.at("after").get<std::int64_t>() - site.at("before").get<std::int64_t>();
    EXPECT_EQ(changes, static_cast<std::int64_t>(after.summary().live_bytes()) -
                           static_cast<std::int64_t>(before.summary().live_bytes()));
    const std::string picture = svg();
    EXPECT_EQ(numbersBehind(picture, " data-self-before=\""), before.summary().live_bytes());
    EXPECT_EQ(numbersBehind(picture, " data-self-after=\""), after.summary().live_bytes());
  }
}

TEST_F(ComparisonPages, AreTextWhateverNamesHold) {
  const Subject before = test::randomSubject(1);
  const Subject after = test::randomSubject(2);
  compare({{.name = "</script><b>\n\x1b[31m\"'\xff", .profile = before.profile}},
          {{.name = std::string(1 << 20, 'n'), .profile = after.profile}});
  for (const std::string& page : {html(), svg()}) {
    EXPECT_EQ(validUtf8(page), page);
    EXPECT_EQ(page.find('\x1b'), std::string::npos);
    EXPECT_EQ(page.find("alert(1)</script>"), std::string::npos);
    EXPECT_LT(page.size(), 3U << 20);
  }
  const std::string page = html();
  std::size_t scripts = 0;
  for (std::size_t at = page.find("</script"); at != std::string::npos; at = page.find("</script", at + 1))
    ++scripts;
  EXPECT_EQ(scripts, 2U) << "no name has ended one";
}

TEST_F(ComparisonPages, SayTheVerdictAndWhereItIs) {
  MadeRun before;
  before.leaves(100, {"parse", "main"}).leaves(500, {"render", "main"});
  MadeRun after;
  after.leaves(160, {"parse", "main"}).leaves(20, {"fetch", "main"});
  compare({before.done("old")}, {after.done("new")});
  const nlohmann::json data = dataOf(html());
  EXPECT_EQ(data.at("verdict"), "shrank");
  EXPECT_THAT(data.at("headline").get<std::string>(), HasSubstr("the most parse (+60 B)"));
  EXPECT_EQ(data.at("title"), "old → new");
  EXPECT_EQ(data.at("sites").at(0).at("verdict"), "grew");
  EXPECT_EQ(data.at("sites").at(1).at("verdict"), "new");
  EXPECT_EQ(data.at("sites").at(2).at("verdict"), "gone");
  const std::string picture = svg();
  EXPECT_THAT(picture, HasSubstr("parse: 100 bytes before, 160 bytes after, +60 bytes (+60.0 %)"));
  EXPECT_THAT(picture, HasSubstr("render: 500 bytes before, 0 bytes after, -500 bytes (-100.0 %)"));
  EXPECT_THAT(picture, HasSubstr("fetch: 0 bytes before, 20 bytes after, +20 bytes"));
}

TEST_F(ComparisonPages, MarkWhatVariesAnyway) {
  const auto run = [](std::uint64_t steady, std::uint64_t varying) {
    MadeRun made;
    made.leaves(steady, {"steady", "main"}).leaves(varying, {"varying", "main"});
    return made.done();
  };
  compare({run(100, 10), run(100, 500), run(101, 200)}, {run(110, 300), run(110, 90), run(110, 700)});
  const nlohmann::json data = dataOf(html());
  EXPECT_EQ(data.at("before").size(), 3U);
  EXPECT_EQ(data.at("sites").at(0).at("verdict"), "grew");
  EXPECT_EQ(data.at("sites").at(1).at("verdict"), "noise");
  EXPECT_EQ(data.at("sites").at(1).at("noise"), 610U);
  EXPECT_THAT(
      svg(),
      HasSubstr(
          "varying: 200 bytes before, 300 bytes after, +100 bytes (+50.0 %), noise, within ±610 bytes"));
}

TEST_F(ComparisonPages, OfSessionsWithNothingInCommonSayIt) {
  MadeRun before;
  before.leaves(10, {"parse", "load", "main"});
  MadeRun after;
  after.leaves(10, {"draw", "loop", "main"});
  compare({before.done()}, {after.done()});
  EXPECT_THAT(dataOf(html()).at("notes").dump(), HasSubstr("no function of the program in common"));
}

TEST_F(ComparisonPages, OfTwoEmptySessionsAreWhole) {
  MadeRun before;
  MadeRun after;
  compare({before.done()}, {after.done()});
  const nlohmann::json data = dataOf(html());
  EXPECT_EQ(data.at("tree").at("after"), nlohmann::json::array({0}));
  EXPECT_EQ(data.at("sites").size(), 0U);
  EXPECT_EQ(numbersBehind(svg(), " data-self-after=\""), 0U);
}

TEST_F(ComparisonPages, OfADeepRecursionAndManySitesStaySmall) {
  MadeRun before;
  MadeRun after;
  std::mt19937 random(7);
  model::StackId stack{};
  for (std::size_t depth = 0; depth < 20'000; ++depth) {
    // Two functions in turn: what calls itself directly is there once.
    stack = after.builder().below(stack, after.builder().frame(depth % 2 == 0 ? "even" : "odd"));
    after.leavesAt(1 + random() % 100, stack);
  }
  for (std::size_t i = 0; i < 30'000; ++i)
    before.leaves(1 + random() % 100, {"site" + std::to_string(i), "main"});
  compare({before.done()}, {after.done()});
  const std::string page = html();
  EXPECT_LT(page.size(), 5U << 20);
  const nlohmann::json data = dataOf(page);
  EXPECT_EQ(data.at("sites").size(), 2000U);
  EXPECT_THAT(data.at("sitesLeft").get<std::string>(), HasSubstr("48,000 more"));
  EXPECT_EQ(sumOf(data.at("tree").at("selfAfter")), m_comparison.total.after);
  EXPECT_LT(svg().size(), 5U << 20);
}

}  // namespace
}  // namespace heaptap::exporting
