// SPDX-License-Identifier: Apache-2.0
//
// The recipes of docs/time.md, run as they are but for the times, which are a fiftieth, and the path of
// heaptap.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "tests/support/child_process.h"
#include "tests/support/document_recipes.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

std::string withShortTimes(const std::string& script) {
  static const std::regex kTime("\\b([0-9.]+)s\\b");
  std::string text;
  auto rest = script.cbegin();
  for (std::sregex_iterator match(script.begin(), script.end(), kTime), end; match != end; ++match) {
    std::ostringstream shorter;
    shorter << std::atof((*match)[1].str().c_str()) / 50 << "s";
    text.append(rest, (*match)[0].first).append(shorter.str());
    rest = (*match)[0].second;
  }
  text.append(rest, script.cend());
  return std::regex_replace(text, std::regex("serves 150"), "serves 3");
}

/// The server of the worked example, recorded once by its own recipe.
class RecipesOfTime : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    s_folder = new TemporaryFolder;
    for (const auto& recipe : recipesOf(HEAPTAP_SOURCE_FOLDER "/docs/time.md")) {
      std::string script;
      for (const std::string& line : recipe) script += line + "\n";
      s_scripts.push_back(withShortTimes(script));
    }
    fs::copy(HEAPTAP_SOURCE_FOLDER "/tests/e2e/targets/serves.cpp", s_folder->path());
    outputOf("g++ ");
    fs::copy(s_folder->path() / "serves.heaptap", s_folder->path() / "app.heaptap");
  }
  static void TearDownTestSuite() { delete s_folder; }

  static std::string run(const std::string& script) {
    const std::string bin = fs::path(HEAPTAP_COMMAND).parent_path().string();
    const Outcome outcome = runProcess({.argv = {"sh", "-e", "-c", "PATH=" + bin + ":$PATH\n" + script},
                                        .environment = {},
                                        .folder = s_folder->path()});
    EXPECT_EQ(outcome.status, 0) << script << outcome.err;
    return outcome.out;
  }
  /// Of the only recipe that has this.
  static std::string outputOf(const std::string& text) {
    std::vector<std::string> found;
    for (const std::string& script : s_scripts)
      if (script.find(text) != std::string::npos) found.push_back(script);
    EXPECT_EQ(found.size(), 1U) << text;
    return found.size() == 1 ? run(found[0]) : "";
  }

  static TemporaryFolder* s_folder;
  static std::vector<std::string> s_scripts;
};
TemporaryFolder* RecipesOfTime::s_folder = nullptr;
std::vector<std::string> RecipesOfTime::s_scripts;

TEST_F(RecipesOfTime, AllEndWell) {
  ASSERT_GE(s_scripts.size(), 10U);
  for (const std::string& script : s_scripts)
    if (script.find("g++ ") == std::string::npos) run(script);
}

TEST_F(RecipesOfTime, WhatGrowsIsTheCache) {
  const std::string report = outputOf("heaptap report --from 1.2s --to 2.4s serves");
  EXPECT_THAT(report, HasSubstr("NEW AND STILL THERE"));
  const auto most = report.find("remember");
  ASSERT_NE(most, std::string::npos) << report;
  EXPECT_GT(report.find("readRequest"), most) << "it comes first";
}

TEST_F(RecipesOfTime, TheReadersBlocksAreFreedByWorkersAndTheCachesByNone) {
  const auto json =
      nlohmann::json::parse(run("heaptap threads --json --function Cache::remember serves.heaptap"));
  const auto& cells = json.at("cells");
  ASSERT_FALSE(cells.at("blocks").empty());
  for (std::size_t i = 0; i < cells.at("blocks").size(); ++i) {
    EXPECT_EQ(json.at("threads").at("name").at(cells.at("allocatedBy").at(i).get<std::size_t>()), "worker");
    const auto& freedBy = cells.at("freedBy").at(i);
    // The map is destroyed at the end, by main.
    if (freedBy.is_null()) continue;
    EXPECT_EQ(json.at("threads").at("name").at(freedBy.get<std::size_t>()), "reader");
  }
  const std::string text = outputOf("threads --from 1.2s --to 2.4s --function Cache::remember");
  EXPECT_THAT(text,
              AllOf(HasSubstr("allocated by"), ContainsRegex("worker [0-9]+"), HasSubstr("none 100.0 %")));
  const std::string all = outputOf("heaptap threads --from 1.2s --to 2.4s serves");
  EXPECT_THAT(all, AllOf(ContainsRegex("reader +[0-9.]+ [KM]iB"), HasSubstr("readRequest"),
                         ContainsRegex("freed by worker [0-9]+ [0-9.]+ %")));
  const std::string csv = run("heaptap threads --csv serves.heaptap");
  EXPECT_THAT(csv, AllOf(HasSubstr("\"allocatedBy\",\"allocatedById\""), HasSubstr("\"reader\",")));
}

TEST_F(RecipesOfTime, ThreadsAndLifetimesAreFilters) {
  const auto bytesOf = [](const std::string& options) {
    const auto json = nlohmann::json::parse(run("heaptap report --json " + options + " serves.heaptap"));
    EXPECT_FALSE(json.at("filter").is_null());
    std::int64_t allocations = 0;
    for (const auto& count : json.at("sites").at("allocations")) allocations += count.get<std::int64_t>();
    return allocations;
  };
  const std::int64_t read = bytesOf("--from start --to end --function readRequest");
  EXPECT_GT(read, 1000);
  EXPECT_EQ(bytesOf("--from start --to end --function readRequest --thread reader"), read);
  EXPECT_EQ(bytesOf("--from start --to end --function readRequest --thread worker"), 0);
  EXPECT_EQ(bytesOf("--from start --to end --function readRequest --lifetime 1h-"), 0);
  EXPECT_EQ(bytesOf("--from start --to end --function readRequest --lifetime -1h"), read);
  const std::string blocks = run("heaptap blocks --at 50% --thread worker --lifetime 100ms- serves.heaptap");
  EXPECT_THAT(blocks, HasSubstr("remember"));
}

TEST_F(RecipesOfTime, WrongWordsAreRefused) {
  const auto statusOf = [](std::vector<std::string> words) {
    words.insert(words.begin(), HEAPTAP_COMMAND);
    const Outcome outcome =
        runProcess({.argv = std::move(words), .environment = {}, .folder = s_folder->path()});
    EXPECT_THAT(outcome.err, testing::StartsWith("heaptap: "));
    return outcome.status;
  };
  EXPECT_EQ(statusOf({"report", "--lifetime", "10s", "serves.heaptap"}), 2);
  EXPECT_EQ(statusOf({"report", "--lifetime", "2s-1s", "serves.heaptap"}), 2);
  EXPECT_EQ(statusOf({"blocks", "--lifetime", "-", "serves.heaptap"}), 2);
  EXPECT_EQ(statusOf({"threads", "--from", "2s", "--to", "1s", "serves.heaptap"}), 2);
  EXPECT_NE(statusOf({"threads", "--thread", "no such thread", "serves.heaptap"}), 0);
}

}  // namespace
}  // namespace heaptap::test
