// SPDX-License-Identifier: Apache-2.0
//
// A run of several programs, looked at as one: docs/many-programs.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/e2e/daemon.h"
#include "tests/e2e/tree/recorded_family.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const json* processOf(const json& report, std::string_view program, int nth = 0) {
  for (const json& each : report.at("processes"))
    if (each.at("program") == program && nth-- == 0) return &each;
  return nullptr;
}

class TreeReports : public RecordedFamily {};

TEST_F(TreeReports, AddUpAllSessionsAndCountEachBlockOnce) {
  const json report = tree();
  EXPECT_EQ(report.at("tree").at("processes"), 3);
  EXPECT_EQ(report.at("tree").at("sessions"), 4);
  EXPECT_TRUE(report.at("tree").at("isWholeRun"));
  std::int64_t allocations = 0;
  std::int64_t leaked = 0;
  for (const auto& file : files()) {
    const Report single(file);
    allocations += single["allocations"];
    if (!single.report().at("summary").at("liveAtEnd")) leaked += single["leakedBytes"];
  }
  EXPECT_EQ(report.at("sums").at("allocations"), allocations);
  EXPECT_EQ(sumOf(report, "allocations"), allocations);
  // What the child has freed of what it inherited is live in the parent all the same.
  EXPECT_EQ(bytesAt(report, "keepInParent"), 10'000);
  EXPECT_EQ(bytesAt(report, "keepInChild"), 15'000);
  EXPECT_EQ(bytesAt(report, "keepLater"), 1'400);
  EXPECT_EQ(processOf(report, "family", 1)->at("inheritedFrees"), 4);
  // The program that an exec has ended leaked nothing.
  EXPECT_LE(report.at("sums").at("leakedBytes").get<std::int64_t>(), leaked);
  EXPECT_EQ(report.at("sums").at("leakedBytes"), report.at("leakSummary").at("leaked").at("bytes"));
  EXPECT_EQ(sumOf(report, "leakedBytes"), report.at("sums").at("leakedBytes"));
  EXPECT_GE(report.at("sums").at("liveBytes").get<std::int64_t>(),
            report.at("sums").at("leakedBytes").get<std::int64_t>() + 9000);
}

TEST_F(TreeReports, HaveASiteOnceForAllItsProcesses) {
  const json report = tree();
  const json site = siteAt(report, "keepInBoth");
  EXPECT_EQ(site.at("blocks"), 2);
  EXPECT_EQ(site.at("processes"), 2);
  EXPECT_EQ(siteAt(report, "keepInChild").at("processes"), 1);
  EXPECT_THAT(text(),
              AllOf(HasSubstr("the whole run: 3 processes in 4 sessions"), HasSubstr("in 2 processes"),
                    HasSubstr("\n  family   "), HasSubstr("\n    family   "),
                    HasSubstr("\n    does_nothing   "), HasSubstr("live at end")));
}

TEST_F(TreeReports, OfAnInstantShowWhoWasThereThen) {
  const json before = tree({"--at", "before"});
  EXPECT_EQ(before.at("processes").size(), 1U);
  EXPECT_EQ(bytesAt(before, "keepInParent"), 10'000);
  EXPECT_EQ(bytesAt(before, "keepInChild"), 0);
  const json then = tree({"--at", "in the child"});
  EXPECT_EQ(then.at("processes").size(), 2U);
  EXPECT_EQ(bytesAt(then, "keepInParent"), 10'000);
  EXPECT_EQ(bytesAt(then, "keepInChild"), 15'000);
  EXPECT_EQ(siteAt(then, "keepInBoth").at("blocks"), 2);
  const json after = tree({"--at", "after"});
  EXPECT_EQ(bytesAt(after, "keepInChild"), 0);
  EXPECT_EQ(bytesAt(after, "keepInParent"), 10'000);
  EXPECT_EQ(bytesAt(after, "keepLater"), 1'400);
  EXPECT_TRUE(processOf(after, "family", 1)->at("hadEnded"));
  EXPECT_EQ(processOf(after, "family", 1)->at("liveBytes"), 0);
  EXPECT_EQ(after.at("time").at("mark"), "after");
  EXPECT_EQ(sumOf(after, "liveBytes"), after.at("sums").at("liveBytes"));
}

TEST_F(TreeReports, OfAStretchShowWhatHasComeAndGone) {
  const json grown = tree({"--from", "before", "--to", "in the child"});
  EXPECT_EQ(bytesAt(grown, "keepInParent"), 0);
  EXPECT_EQ(bytesAt(grown, "keepInChild"), 15'000);
  const json over = tree({"--from", "before", "--to", "after"});
  EXPECT_EQ(bytesAt(over, "keepInChild"), 0);
  EXPECT_EQ(siteAt(over, "keepInChild").at("allocations"), 3);
  EXPECT_EQ(bytesAt(over, "keepLater"), 1'400);
  // The child's memory went with the child.
  const json gone = tree({"--from", "in the child", "--to", "after", "--gone"});
  EXPECT_EQ(bytesAt(gone, "keepInChild"), 15'000);
  EXPECT_EQ(bytesAt(gone, "keepInParent"), 0);
  EXPECT_THAT(text({"--from", "in the child", "--to", "after", "--gone"}), HasSubstr("GONE"));
}

TEST_F(TreeReports, OfWhatIsGoneListWhoWasThere) {
  const json gone = tree({"--from", "before", "--to", "in the child", "--gone"});
  EXPECT_EQ(gone.at("processes").size(), 1U) << "the child began later, and had nothing";
  EXPECT_TRUE(gone.at("sums").at("allocations").is_null()) << "what is gone was not allocated then";
  EXPECT_EQ(gone.at("sums").at("liveBytes"), sumOf(gone, "liveBytes"));
  const std::string words = text({"--from", "in the child", "--to", "after", "--gone"});
  EXPECT_THAT(words, Not(HasSubstr("allocations")));
  EXPECT_THAT(words, HasSubstr("  gone"));
}

TEST_F(TreeReports, FilterByThreadAndLifetime) {
  const auto kept = [this](std::vector<std::string> options) {
    options.insert(options.end(), {"--function", "keepIn"});
    return tree(options).at("sums");
  };
  // What a process keeps lives until its end: all of it, or nothing.
  EXPECT_EQ(kept({"--lifetime", "0s-"}).at("liveBytes"), 10'000 + 15'000 + 600);
  EXPECT_EQ(kept({"--lifetime", "10h-"}).at("allocations"), 0);
  EXPECT_EQ(kept({"--lifetime", "-10h", "--thread", "family"}).at("liveBlocks"), 10 + 3 + 2);
  const json then = kept({"--lifetime", "0s-", "--thread", "family", "--at", "in the child"});
  EXPECT_EQ(then.at("liveBytes"), 10'000 + 15'000 + 600);
  const json stretch = kept({"--lifetime", "0s-", "--thread", "family", "--from", "before", "--to", "after"});
  EXPECT_EQ(stretch.at("allocations"), 3 + 2);
  EXPECT_THAT(text({"--lifetime", "0s-", "--thread", "family"}),
              HasSubstr("only thread family, lifetime 0s-"));
  const json blocks = json::parse(ask("blocks", {"--json", "--lifetime", "0s-", "--thread", "family",
                                                 "--size", "5000", "--at", "in the child"})
                                      .out);
  EXPECT_EQ(blocks.at("blocks"), 3);
}

TEST_F(TreeReports, RefuseTimesInOneLine) {
  for (const char* const words : {"peak", "no such mark", "99h", "-99h", "101%"}) {
    const Outcome outcome = report({"--at", words});
    EXPECT_THAT(outcome.status, testing::AnyOf(2, 3)) << words;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_THAT(outcome.out, IsEmpty());
  }
  EXPECT_EQ(report({"--from", "80%", "--to", "20%"}).status, 2);
}

TEST_F(TreeReports, FilterAllProcesses) {
  const json report = tree({"--function", "keepInBoth"});
  EXPECT_EQ(report.at("sums").at("allocations"), 2);
  EXPECT_EQ(report.at("sums").at("liveBytes"), 600);
  EXPECT_THAT(rows(report), SizeIs(1));
  EXPECT_EQ(tree({"--size", "5000", "--at", "in the child"}).at("sums").at("liveBytes"), 15'000);
  // Each process has its main thread.
  const json byThread = tree({"--thread", "family", "--function", "keepIn"});
  EXPECT_EQ(byThread.at("sums").at("allocations"), 10 + 3 + 2);
  EXPECT_EQ(byThread.at("sums").at("liveBytes"), 10'000 + 15'000 + 600);
  EXPECT_EQ(this->report({"--thread", "nobody"}).status, 3);
}

TEST_F(TreeReports, OfAChildAreOfWhatCameOfIt) {
  for (const auto& file : files()) {
    const json report = tree({}, file);
    if (report.at("tree").at("isWholeRun")) continue;
    EXPECT_LE(report.at("tree").at("sessions"), 2);
    EXPECT_EQ(bytesAt(report, "keepInParent"), 0);
    EXPECT_THAT(text({}, file), HasSubstr("this session and what came of it"));
  }
}

TEST_F(TreeReports, GoOnWithoutASessionThatIsMissingOrDamaged) {
  fs::copy_file(root(), folder() / "copy.heaptap");
  const json whole = tree();
  fs::path exec;
  for (const auto& file : files())
    if (Report(file).report().at("summary").at("end") == "replaced by another program (exec)") exec = file;
  ASSERT_FALSE(exec.empty());
  fs::rename(exec, folder() / "away");
  const json report = tree();
  EXPECT_EQ(report.at("tree").at("sessions"), 3);
  EXPECT_THAT(report.at("tree").at("missingSessions"), SizeIs(1));
  EXPECT_THAT(report.at("notes").dump(), HasSubstr("is not in its folder: its numbers are missing"));
  EXPECT_EQ(bytesAt(report, "keepInChild"), 15'000);
  // Of a damaged one the rest is shown, too.
  const std::string content = readFile(folder() / "away");
  for (const std::size_t length : {std::size_t{0}, std::size_t{100}, content.size() / 2}) {
    std::ofstream(exec, std::ios::binary) << content.substr(0, length);
    const Outcome damaged = this->report({});
    EXPECT_EQ(damaged.status, 0) << damaged.err;
    EXPECT_THAT(damaged.out, HasSubstr("left out"));
    EXPECT_THAT(damaged.out, HasSubstr("keepInChild"));
  }
  EXPECT_EQ(whole.at("tree").at("sessions"), 4);
}

TEST_F(TreeReports, MissWhatAProcessBecame) {
  for (const auto& file : files())
    if (Report(file).text("executable").ends_with("/does_nothing")) fs::remove(file);
  const json report = tree();
  EXPECT_THAT(report.at("tree").at("cutOffSessions"), SizeIs(1));
  EXPECT_THAT(report.at("notes").dump(),
              HasSubstr("ended by an exec, and what its process became is not in its folder"));
  EXPECT_THAT(ask("query", {"SELECT count(*) FROM sessions"}).err, HasSubstr("ended by an exec"));
}

TEST(TreesOfPrograms, OfPythonHaveItsWorkers) {
  RecordedTree run(
      {"/usr/bin/python3", "-c",
       "import multiprocessing\n"
       "def work(n): return sum(len(str(i)) for i in range(n))\n"
       "with multiprocessing.get_context('fork').Pool(2) as pool: print(pool.map(work, [100] * 8))"});
  EXPECT_EQ(run.outcome().status, 0) << run.outcome().err;
  const json report = run.tree();
  EXPECT_EQ(report.at("tree").at("processes"), 3);
  EXPECT_EQ(RecordedTree::sumOf(report, "allocations"), report.at("sums").at("allocations"));
}

TEST(TreesOfPrograms, OfAShellHaveAllThatItStarted) {
  int count = 40;
  if (const char* const wanted = std::getenv("HEAPTAP_TREE_PROCESSES")) count = std::atoi(wanted);
  RecordedTree run({"/bin/sh", "-c",
                    "for i in $(seq " + std::to_string(count) + "); do " + recordedProgram("known_heap") +
                        "; done; true"});
  const json report = run.tree();
  EXPECT_GE(report.at("tree").at("processes"), count + 1);
  const json site = RecordedTree::siteAt(report, "leakTen");
  EXPECT_EQ(site.at("processes"), count);
  EXPECT_EQ(site.at("blocks"), 10 * count);
  const std::string text = run.text();
  EXPECT_THAT(text, HasSubstr(" more, which have less (--top N shows more, --top 0 all)"));
  EXPECT_THAT(run.text({"--top", "0"}), Not(HasSubstr("--top")));
}

TEST(TreesOfPrograms, OfACollectorMayStillRun) {
  Daemon daemon;
  ChildProcess run(daemon.recording({recordedProgram("family"), recordedProgram("does_nothing")}));
  ASSERT_TRUE(run.waitForOutput("waiting"));
  std::string root;
  // The sessions of what has ended are closed a moment later.
  for (std::size_t ended = 0; ended < 3;) {
    ended = 0;
    for (const std::string& id : daemon.list()) {
      const json summary = daemon.report(id).at("summary");
      if (summary.at("parentSessionId").is_null()) root = id;
      ended += summary.at("state") == "complete" ? 1 : 0;
    }
  }
  const auto ask = [&](std::vector<std::string> more) {
    std::vector<std::string> argv{HEAPTAP_COMMAND, "report",         "--tree",          "--json",
                                  "--collector",   daemon.address(), root.substr(0, 12)};
    argv.insert(argv.end(), more.begin(), more.end());
    const Outcome outcome = runProcess({.argv = argv});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return json::parse(outcome.out, nullptr, false);
  };
  const json now = ask({});
  ASSERT_FALSE(now.is_discarded());
  EXPECT_EQ(now.at("tree").at("sessions"), 4);
  EXPECT_EQ(now.at("processes").at(0).at("state"), "live");
  EXPECT_EQ(RecordedTree::bytesAt(now, "keepInParent"), 10'000);
  EXPECT_EQ(RecordedTree::bytesAt(now, "keepInChild"), 15'000);
  const json end = ask({"--at", "end"});
  EXPECT_EQ(RecordedTree::bytesAt(end, "keepInParent"), 10'000);
  EXPECT_EQ(RecordedTree::bytesAt(end, "keepInChild"), 0);
  const std::string text = runProcess({.argv = {HEAPTAP_COMMAND, "report", "--tree", "--collector",
                                                daemon.address(), root.substr(0, 12)}})
                               .out;
  EXPECT_THAT(text, HasSubstr(", of processes that go on"));
  EXPECT_THAT(text, HasSubstr("live, left"));
  run.writeInput("\n");
  EXPECT_EQ(run.finish().status, 0);
}

}  // namespace
}  // namespace heaptap::test
