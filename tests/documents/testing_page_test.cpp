// SPDX-License-Identifier: Apache-2.0
//
// docs/testing.md stays true: the tests that its tables name exist where it says, and no row is empty.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace heaptap::documents {
namespace {

const std::filesystem::path kRoot = HEAPTAP_SOURCE_FOLDER;

std::vector<std::string> allOf(const std::string& text, const std::regex& pattern, int group = 1) {
  std::vector<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
    found.push_back((*match)[static_cast<std::size_t>(group)]);
  return found;
}

/// The tests that a source defines, as Suite.Name.
std::set<std::string> testsIn(const std::string& source) {
  static const std::regex kTest(R"((?:^|\n)TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\s*\))");
  std::set<std::string> tests;
  for (std::sregex_iterator match(source.begin(), source.end(), kTest), end; match != end; ++match)
    tests.insert((*match)[1].str() + "." + (*match)[2].str());
  return tests;
}

struct Row {
  std::string section;
  std::vector<std::string> cells;
  [[nodiscard]] const std::string& name() const { return cells[cells.size() - 3]; }
  [[nodiscard]] const std::string& ours() const { return cells[cells.size() - 2]; }
  [[nodiscard]] const std::string& where() const { return cells[cells.size() - 1]; }
};

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// Rows of the tables that say which test is ours, without their heads.
std::vector<Row> rowsOf(const std::string& page) {
  std::vector<Row> rows;
  std::istringstream lines(page);
  std::string section;
  bool isTable = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) section = trimmed(line.substr(line.find(' ')));
    if (!line.starts_with("|")) isTable = false;
    if (line.ends_with("| where |")) {
      isTable = true;
    } else if (isTable && !line.starts_with("|---")) {
      Row row{section, {}};
      std::istringstream cells(line.substr(1));
      for (std::string cell; std::getline(cells, cell, '|');) row.cells.push_back(trimmed(cell));
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

/// Anchors of a page's headings, as they are in links.
std::set<std::string> anchorsOf(const std::string& page) {
  static const std::regex kHeading(R"((?:^|\n)#+ ([^\n]+))");
  std::set<std::string> anchors;
  for (std::string heading : allOf(page, kHeading)) {
    std::transform(heading.begin(), heading.end(), heading.begin(),
                   [](unsigned char c) { return c == ' ' ? '-' : static_cast<char>(std::tolower(c)); });
    std::erase_if(heading, [](unsigned char c) { return c != '-' && std::isalnum(c) == 0; });
    anchors.insert(heading);
  }
  return anchors;
}

class TestingPage : public testing::Test {
 protected:
  const std::string m_page = test::readFile(kRoot / "docs/testing.md");
  const std::vector<Row> m_rows = rowsOf(m_page);
};

TEST_F(TestingPage, NamesTestsThatExistWhereItSays) {
  static const std::regex kTest(R"(`([A-Z]\w+\.\w+)`)");
  static const std::regex kFile(R"(`([\w/]+\.cpp)`)");
  std::size_t named = 0;
  for (const Row& row : m_rows) {
    SCOPED_TRACE(row.section + ": " + row.name());
    std::set<std::string> defined;
    for (const std::string& file : allOf(row.where(), kFile)) {
      EXPECT_TRUE(std::filesystem::exists(kRoot / "tests" / file)) << file;
      defined.merge(testsIn(test::readFile(kRoot / "tests" / file)));
    }
    for (const std::string& test : allOf(row.ours(), kTest)) {
      EXPECT_TRUE(defined.contains(test)) << test << " is not in " << row.where();
      ++named;
    }
  }
  EXPECT_GT(named, 150U);
}

TEST_F(TestingPage, NamesNoTestOutsideOfItsTablesThatDoesNotExist) {
  std::set<std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / "tests"))
    if (entry.path().extension() == ".cpp") all.merge(testsIn(test::readFile(entry.path())));
  static const std::regex kTest(R"(`([A-Z]\w+\.[A-Z]\w{4,})`)");
  for (const std::string& test : allOf(m_page, kTest)) EXPECT_TRUE(all.contains(test)) << test;
}

TEST_F(TestingPage, HasNoEmptyRow) {
  std::map<std::string, int> rows;
  for (const Row& row : m_rows) {
    SCOPED_TRACE(row.section + ": " + row.name());
    ASSERT_GE(row.cells.size(), 3U);
    ++rows[row.section];
    EXPECT_GT(row.name().size(), 3U);
    // A test, with its place; or a sentence that says why there is none.
    EXPECT_GT(row.ours().size(), 15U) << "neither a test nor a reason";
    EXPECT_TRUE(row.ours().find('`') == std::string::npos || !row.where().empty() ||
                row.ours().find("bench/") != std::string::npos);
  }
  for (const char* const section :
       {"heaptrack", "bytehound and nwind", "memray", "heapprofd", "libunwind", "ddprof", "tcmalloc",
        "Missing everywhere", "What real programs do", "The pitfalls"})
    EXPECT_GT(rows[section], 4) << section;
}

TEST_F(TestingPage, HasAllTwentyEightPitfalls) {
  std::vector<std::string> numbers;
  for (const Row& row : m_rows)
    if (row.section == "The pitfalls") numbers.push_back(row.cells[0]);
  std::vector<std::string> expected;
  for (int i = 1; i <= 28; ++i) expected.push_back(std::to_string(i));
  EXPECT_EQ(numbers, expected);
}

TEST_F(TestingPage, LinksToLimitsThatAreStated) {
  const auto anchors = anchorsOf(test::readFile(kRoot / "docs/limits.md"));
  const auto links = allOf(m_page, std::regex(R"(\(limits\.md#([\w-]+)\))"));
  EXPECT_GT(links.size(), 3U);
  for (const std::string& link : links) EXPECT_TRUE(anchors.contains(link)) << link;
}

TEST(TestingPageReader, FindsWhatIsWrong) {
  EXPECT_THAT(testsIn("TEST(A, B) {}\nTEST_F(C, D) {\n// TEST(E, F)\n"), testing::ElementsAre("A.B", "C.D"));
  const auto rows = rowsOf("## S\n| test | ours | where |\n|---|---|---|\n| a | `B.C` | |\n\n| other |\n");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].section, "S");
  EXPECT_EQ(rows[0].ours(), "`B.C`");
  EXPECT_EQ(rows[0].where(), "");
}

}  // namespace
}  // namespace heaptap::documents
