// SPDX-License-Identifier: Apache-2.0
//
// `heaptap export`, as a user starts it, on sessions of real programs.
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "export/format.h"
#include "tests/export/sums.h"
#include "tests/support/child_process.h"
#include "tests/support/process_tree.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::exporting {
namespace {

namespace fs = std::filesystem;
using heaptap::test::Outcome;
using heaptap::test::readFile;
using heaptap::test::runProcess;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Export : public ::testing::Test {
 protected:
  Outcome heaptap(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), HEAPTAP_PROGRAM);
    return runProcess({.argv = std::move(arguments),
                       .environment = {{"LD_PRELOAD", std::nullopt}, {"HEAPTAP_RELAY", std::nullopt}},
                       .folder = m_folder.path()});
  }
  Outcome shell(const std::string& script) const {
    return runProcess({.argv = {"bash", "-c", script}, .folder = m_folder.path()});
  }
  void record(const std::string& options = {}) const {
    const Outcome run = shell(std::string(HEAPTAP_PROGRAM) + " run -q --force -o x.heaptap " + options +
                              " -- " HEAPTAP_RECORDED_PROGRAM);
    ASSERT_EQ(run.status, 0) << run.err;
  }
  nlohmann::json summary(const std::string& file = "x.heaptap") const {
    return nlohmann::json::parse(heaptap({"report", "--json", file}).out).at("summary");
  }
  static std::uint64_t sumIn(const nlohmann::json& summary, Cost cost) {
    switch (cost) {
      case Cost::Live:
      case Cost::Leaked: return summary.at("leakedBytes");
      case Cost::Peak: return summary.at("peakBytes");
      case Cost::Allocations: return summary.at("allocations");
      case Cost::Bytes: return summary.at("allocatedBytes");
      case Cost::Temporary: return summary.at("temporaryAllocations");
    }
    return 0;
  }
  void expectSums(const std::string& file, bool blocksToo = true) const {
    const nlohmann::json numbers = summary(file);
    for (const Format& format : formats())
      for (const CostWords& words : costs()) {
        if (!blocksToo && (!words.isBytes || words.cost == Cost::Bytes)) continue;
        std::vector<std::string> arguments{"export", file, "-f", std::string(format.name), "-o", "-"};
        if (format.costUse != CostUse::All)
          arguments.insert(arguments.end(), {"--cost", std::string(words.name)});
        const Outcome outcome = heaptap(arguments);
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        EXPECT_THAT(outcome.err, IsEmpty());
        const auto sum = test::sumIn(format.name, outcome.out, words.cost);
        if (!sum) continue;
        // Verdicts leave out what runtimes keep on purpose.
        if (format.name == "sarif" || format.name == "junit") {
          EXPECT_LE(*sum, sumIn(numbers, words.cost)) << format.name;
        } else {
          EXPECT_EQ(*sum, sumIn(numbers, words.cost)) << format.name << " " << words.name;
        }
      }
  }

  heaptap::test::TemporaryFolder m_folder;
};

MATCHER(IsOneErrorLine, "is one line") {
  return arg.starts_with("heaptap: ") && arg.find('\n') == arg.size() - 1;
}

TEST_F(Export, EachFormatHasTheSumsOfTheSummary) {
  record();
  expectSums("x.heaptap");
}

TEST_F(Export, EachFormatOfASampledSessionHasItsEstimates) {
  record("--sample 1024");
  expectSums("x.heaptap", false);
}

TEST_F(Export, EachFormatOfAForkedChildHasItsOwnSums) {
  ASSERT_EQ(
      heaptap({"run", "-q", "-o", "x.heaptap", "bash", "-c", "(: $(echo a); echo b) >child; exit 0"}).status,
      0);
  std::size_t children = 0;
  for (const auto& entry : fs::directory_iterator(m_folder.path()))
    if (entry.path().extension() == ".heaptap") {
      if (++children > 2) break;
      expectSums(entry.path().filename().string());
    }
  EXPECT_GE(children, 2U);
}

TEST_F(Export, AFileGetsTheFormatOfItsName) {
  record();
  for (const Format& format : formats()) {
    const std::string file = "out" + std::string(format.extension);
    const Outcome outcome = heaptap({"export", "x.heaptap", "-o", file});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out + outcome.err, IsEmpty());
    EXPECT_GT(fs::file_size(m_folder / file), 0U);
  }
  EXPECT_EQ(readFile(m_folder / "out.csv"), heaptap({"export", "x.heaptap", "-f", "csv"}).out);
}

TEST_F(Export, WhatCannotBeWrittenIsOneLineWithItsStatus) {
  record();
  for (const Format& format : formats()) {
    const std::string name(format.name);
    const std::string command = std::string(HEAPTAP_PROGRAM) + " export x.heaptap -f " + name;
    for (const std::string& full : {command + " -o - >/dev/full", command + " -o /dev/full"}) {
      const Outcome outcome = shell(full);
      EXPECT_EQ(outcome.status, 7) << full;
      EXPECT_THAT(outcome.err, IsOneErrorLine()) << full;
      EXPECT_THAT(outcome.err, HasSubstr("No space left")) << full;
    }
    // The reader closes the pipe at once, whether or not the signal is ignored.
    for (const char* before : {"", "trap '' PIPE; "}) {
      const Outcome closed = shell(std::string("set -o pipefail; ") + before + command + " -o - | :");
      EXPECT_TRUE(closed.status == 128 + SIGPIPE || closed.status == 0) << closed.status;
      EXPECT_THAT(closed.err, IsEmpty()) << name;
    }
  }
  const Outcome closed = shell(std::string(HEAPTAP_PROGRAM) + " export x.heaptap -f csv >&-");
  EXPECT_EQ(closed.status, 7);
  EXPECT_THAT(closed.err, IsOneErrorLine());
  EXPECT_EQ(heaptap({"report", "x.heaptap"}).status, 0) << "the session is as it was";
}

TEST_F(Export, EachWrongUseHasItsStatusAndLine) {
  record();
  m_folder.write("kept.csv", "kept");
  const struct {
    std::vector<std::string> arguments;
    int status;
    const char* text;
  } kCases[] = {
      {{"export"}, 2, "SESSION"},
      {{"export", "x.heaptap"}, 2, "--format"},
      {{"export", "x.heaptap", "-f", "pdf"}, 2, "one of: text, json"},
      {{"export", "x.heaptap", "-o", "x.pdf"}, 2, "--format"},
      {{"export", "x.heaptap", "-f", "folded", "--cost", "money"}, 2, "one of: live, peak"},
      {{"export", "missing.heaptap", "-f", "csv", "-o", "kept.csv"}, 3, "missing.heaptap"},
      {{"export", "kept.csv", "-f", "csv", "-o", "new.csv"}, 4, "kept.csv"},
      {{"export", "x.heaptap", "-f", "csv", "-o", "no/such/x.csv"}, 3, "no/such"},
      {{"export", "x.heaptap", "-f", "csv", "-o", "x.heaptap"}, 2, "session itself"},
      {{"export", "x.heaptap", "-f", "csv", "--snapshot", "none"}, 3, "none"},
      {{"export", "x.heaptap", "-f", "csv", "--heap", "none"}, 3, "malloc"},
      {{"export", "x.heaptap", "-f", "csv", "--collector", "unix:/none"}, 8, "/none"},
  };
  for (const auto& one : kCases) {
    const Outcome outcome = heaptap(one.arguments);
    EXPECT_EQ(outcome.status, one.status) << one.text;
    EXPECT_THAT(outcome.err, HasSubstr(one.text));
    EXPECT_THAT(outcome.err, IsOneErrorLine());
    EXPECT_THAT(outcome.out, IsEmpty());
  }
  EXPECT_EQ(readFile(m_folder / "kept.csv"), "kept");
  EXPECT_FALSE(fs::exists(m_folder / "new.csv"));
}

TEST_F(Export, HelpListsEachFormat) {
  const std::string help = heaptap({"export", "--help"}).out;
  for (const Format& format : formats())
    EXPECT_THAT(help, HasSubstr("  " + std::string(format.name) + " ")) << format.name;
  for (const CostWords& words : costs()) EXPECT_THAT(help, HasSubstr(words.name));
  EXPECT_THAT(help, HasSubstr("Examples:\n  heaptap "));
}

TEST_F(Export, TheDocumentListsEachFormat) {
  const std::string page = readFile(HEAPTAP_SOURCE_FOLDER "/docs/exports.md");
  for (const Format& format : formats())
    EXPECT_THAT(
        page, HasSubstr("| `" + std::string(format.name) + "` | `" + std::string(format.extension) + "` | "));
}

TEST_F(Export, SnapshotsAndTheLiveHeapAreExported) {
  heaptap::test::ChildProcess run(
      {.argv = {HEAPTAP_PROGRAM, "run", "-q", "-o", "x.heaptap", HEAPTAP_RECORDED_PROGRAM, "waits"},
       .environment = {{"LD_PRELOAD", std::nullopt}, {"HEAPTAP_RELAY", std::nullopt}},
       .folder = m_folder.path()});
  ASSERT_TRUE(run.waitForOutput("ready\n"));
  const std::string pid = std::to_string(heaptap::test::childOf(run.pid(), "keeps_words"));
  ASSERT_EQ(heaptap({"snapshot", pid, "full"}).status, 0);
  const std::string collector =
      shell("tr '\\0' '\\n' </proc/" + pid + "/environ | sed -n 's/^HEAPTAP_CONTROL=//p' | tr -d '\\n'").out;
  const std::string session = shell(std::string(HEAPTAP_PROGRAM) + " ls --collector " + collector +
                                    " | grep -oE '[0-9a-f]{8,}' | head -n 1 | tr -d '\\n'")
                                  .out;
  ASSERT_THAT(session, ::testing::Not(IsEmpty()));
  // Of the session that is being recorded: its live heap, which nothing has leaked of yet.
  for (const Format& format : formats()) {
    const Outcome live =
        heaptap({"export", "-f", std::string(format.name), "-o", "-", "--collector", collector, session});
    EXPECT_EQ(live.status, 0) << format.name << ": " << live.err;
    EXPECT_THAT(live.out, ::testing::Not(IsEmpty())) << format.name;
  }
  EXPECT_EQ(heaptap({"export", "-f", "folded", "--cost", "leaked", "--collector", collector, session}).status,
            2);
  run.writeInput("\n");
  ASSERT_EQ(run.finish().status, 0);
  const auto report =
      nlohmann::json::parse(heaptap({"report", "--json", "--snapshot", "full", "x.heaptap"}).out);
  const std::uint64_t live = report.at("snapshot").at("liveBytes");
  EXPECT_GT(live, sumIn(summary(), Cost::Live)) << "the map was there";
  for (const Format& format : formats()) {
    std::vector<std::string> arguments{"export", "x.heaptap", "-f",         std::string(format.name),
                                       "-o",     "-",         "--snapshot", "full"};
    if (format.costUse != CostUse::All) arguments.insert(arguments.end(), {"--cost", "live"});
    const Outcome outcome = heaptap(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    // A report of a snapshot has the sites in other tables.
    const auto sum = format.name == "json" ? std::nullopt : test::sumIn(format.name, outcome.out, Cost::Live);
    if (sum) {
      EXPECT_EQ(*sum, live) << format.name;
    }
  }
}

TEST_F(Export, ATableIsImportedBySqlite) {
  record();
  ASSERT_EQ(heaptap({"export", "x.heaptap", "-o", "x.csv"}).status, 0);
  const Outcome sums = shell(
      "sqlite3 -cmd '.mode csv' -cmd '.import x.csv sites' :memory: "
      "'SELECT sum(peak_bytes), sum(allocations), sum(live_bytes) FROM sites'");
  const nlohmann::json numbers = summary();
  EXPECT_EQ(sums.out, std::to_string(sumIn(numbers, Cost::Peak)) + "," +
                          std::to_string(sumIn(numbers, Cost::Allocations)) + "," +
                          std::to_string(sumIn(numbers, Cost::Live)) + "\n")
      << sums.err;
}

}  // namespace
}  // namespace heaptap::exporting
