// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <regex>
#include <thread>

#include "tests/e2e/live_recording.h"
#include "tests/e2e/recording.h"
#include "tests/support/spelled_out.h"

namespace heaptap::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// A recorded program that does what it is told, one thing after the other.
class Control : public testing::Test {
 protected:
  void start(const std::vector<std::string>& options = {}) {
    m_live.emplace(std::vector<std::string>{recordedProgram("obeys")}, options);
    tell("recording");
  }
  /// Returns once the program has done it.
  void tell(const std::string& line) {
    m_live->tell(line);
    m_live->waitFor("ok " + std::to_string(++m_told) + "\n");
  }
  void finish() {
    m_outcome = m_live->finish();
    EXPECT_EQ(m_outcome.status, 0) << m_outcome.err;
    m_report.emplace(m_live->file());
  }
  static Outcome heaptap(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), HEAPTAP_COMMAND);
    return runProcess({.argv = arguments});
  }
  /// A command for the program, once it is recorded.
  void command(std::vector<std::string> words) {
    words.insert(words.begin() + 1, std::to_string(m_live->command(recordedProgram("obeys"))));
    const Outcome done = heaptap(words);
    EXPECT_EQ(done.status, 0) << done.err;
  }
  /// Waits until what the relay was told has reached the program.
  void waitForRecording(bool on) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    const std::string wanted = std::string("recording: ") + (on ? "1" : "0");
    for (;;) {
      tell("recording");
      const std::string said = m_live->saidLast("recording: ");
      if (said == wanted) return;
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << said;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  std::int64_t blocksAllocated() const {
    std::int64_t sum = 0;
    for (const auto& site : m_report->sitesIn("allocateBlocks")) sum += site.at("allocations").get<int>();
    return sum;
  }
  [[nodiscard]] std::string pid() const { return std::to_string(m_live->command(recordedProgram("obeys"))); }
  /// The address of the collector of this run, from the program's environment.
  [[nodiscard]] std::string collectorOf() const {
    std::ifstream file("/proc/" + pid() + "/environ");
    for (std::string entry; std::getline(file, entry, '\0');)
      if (entry.starts_with("HEAPTAP_CONTROL=")) return entry.substr(16);
    ADD_FAILURE() << "the program has no HEAPTAP_CONTROL";
    return {};
  }
  /// Of the only session of that collector.
  [[nodiscard]] std::string sessionId() const {
    const std::string list = heaptap({"ls", "--collector", collectorOf()}).out;
    std::smatch id;
    EXPECT_TRUE(std::regex_search(list, id, std::regex("[0-9a-f]{32}"))) << list;
    return id.str();
  }
  /// Live bytes of the sites in a function, in a snapshot.
  static std::int64_t bytesIn(const json& snapshot, const std::string& function) {
    std::int64_t sum = 0;
    for (const json& site : snapshot.at("sites"))
      for (const json& frame : site.at("stack"))
        if (frame.at("function").is_string() &&
            frame.at("function").get<std::string>().find(function) != std::string::npos)
          sum += site.at("bytes").get<std::int64_t>();
    return sum;
  }
  const json& marks() const { return m_report->report().at("summary").at("marks"); }

  std::optional<LiveRecording> m_live;
  Outcome m_outcome;
  std::optional<Report> m_report;
  int m_told = 0;
};

TEST_F(Control, AProgramPausesItself) {
  start();
  tell("allocate 10");
  tell("pause");
  tell("allocate 100");
  tell("resume");
  tell("allocate 1000");
  tell("free");
  finish();
  EXPECT_EQ(blocksAllocated(), 1010);
  EXPECT_EQ((*m_report)["unrecordedFrees"], 100);
  EXPECT_EQ((*m_report)["unmatchedFrees"], 0);
  EXPECT_EQ((*m_report)["findings"], 0) << m_report->report().at("findings");
  EXPECT_GT(m_report->report().at("summary").at("pausedSeconds").get<double>(), 0);
  EXPECT_THAT(heaptap({"report", m_live->file()}).out, HasSubstr("recording was paused for "));
}

TEST_F(Control, APauseFromOutsideIsOfAllocationsOnly) {
  start();
  tell("allocate 10");
  command({"pause"});
  waitForRecording(false);
  tell("free");
  tell("allocate 100");
  command({"resume"});
  waitForRecording(true);
  tell("allocate 1000");
  finish();
  EXPECT_EQ(blocksAllocated(), 1010);
  EXPECT_GT(m_report->report().at("summary").at("pausedSeconds").get<double>(), 0);
  EXPECT_EQ((*m_report)["unrecordedFrees"], 0) << "the first ten were recorded";
  EXPECT_EQ(m_report->sitesIn("allocateBlocks").at(0).at("blocks"), 1000);
}

TEST_F(Control, MarksKnowTheHeapAtTheirMoment) {
  start();
  tell("mark before");
  tell("allocate 10");
  tell("mark ten blocks: \xC3\xA4");
  tell("free");
  tell("mark " + std::string(280, 'x'));
  finish();
  ASSERT_EQ(marks().size(), 3U) << marks();
  EXPECT_EQ(marks()[0].at("name"), "before");
  EXPECT_EQ(marks()[1].at("name"), "ten blocks: \xC3\xA4");
  EXPECT_EQ(marks()[2].at("name"), std::string(255, 'x'));
  const auto number = [&](std::size_t i, const char* name) {
    return marks()[i].at(name).get<std::int64_t>();
  };
  EXPECT_EQ(number(1, "liveBytes"), number(0, "liveBytes") + 400);
  EXPECT_EQ(number(1, "liveBlocks"), number(0, "liveBlocks") + 10);
  EXPECT_EQ(number(2, "liveBytes"), number(0, "liveBytes"));
  EXPECT_EQ(number(2, "allocations"), number(0, "allocations") + 10);
  EXPECT_LE(marks()[0].at("atSeconds"), marks()[1].at("atSeconds"));
  EXPECT_THAT(heaptap({"report", m_live->file()}).out, HasSubstr("before: "));
}

TEST_F(Control, AMarkFromOutsideIsThereWhenTheCommandReturns) {
  start();
  command({"mark", "from outside"});
  EXPECT_THAT(heaptap({"report", "--json", "--collector", collectorOf(), sessionId()}).out,
              HasSubstr("from outside"));
  finish();
  ASSERT_EQ(marks().size(), 1U);
  EXPECT_EQ(marks()[0].at("name"), "from outside");
}

TEST_F(Control, AMarkAsTheProgramEndsIsMadeOrRefused) {
  int made = 0;
  for (int round = 0; round < 12; ++round) {
    m_told = 0;
    start();
    const std::vector<std::string> mark{HEAPTAP_COMMAND, "mark", pid(), "the last moment"};
    if (round == 0) {
      command({"mark", "the last moment"});
      ++made;
      finish();
      EXPECT_EQ(marks().size(), 1U);
      continue;
    }
    ChildProcess marking({.argv = mark});
    // Each round a little later, so that all moments on its way are met.
    std::this_thread::sleep_for(std::chrono::milliseconds(3 * round));
    finish();
    const Outcome done = marking.finish();
    if (done.status == 0) {
      ++made;
      ASSERT_EQ(marks().size(), 1U) << "round " << round;
      EXPECT_EQ(marks()[0].at("name"), "the last moment");
    } else {
      EXPECT_EQ(marks().size(), 0U) << done.err;
      EXPECT_EQ(std::count(done.err.begin(), done.err.end(), '\n'), 1) << done.err;
    }
  }
  EXPECT_GT(made, 0);
}

TEST_F(Control, SnapshotsAreTheHeapAsItWas) {
  start();
  tell("allocate 10");
  command({"snapshot", "ten small"});
  tell("more 5");
  tell("snapshot five more");
  tell("free");
  tell("allocate 1");
  finish();
  ASSERT_EQ(marks().size(), 2U) << marks();
  EXPECT_EQ(marks()[0].at("snapshot"), true);
  const json first = reportIn(heaptap({"report", "--json", "--snapshot", "ten small", m_live->file()}).out);
  const json second = reportIn(heaptap({"report", "--json", "--snapshot", "five more", m_live->file()}).out);
  EXPECT_EQ(bytesIn(first, "allocateBlocks"), 400);
  EXPECT_EQ(bytesIn(first, "allocateMore"), 0);
  EXPECT_EQ(bytesIn(second, "allocateBlocks"), 400);
  EXPECT_EQ(bytesIn(second, "allocateMore"), 500);
  for (const json& snapshot : {first, second}) {
    std::int64_t sum = 0;
    for (const json& site : snapshot.at("sites")) sum += site.at("bytes").get<std::int64_t>();
    EXPECT_EQ(sum, snapshot.at("snapshot").at("liveBytes")) << snapshot;
  }
  const Outcome text = heaptap({"report", "--snapshot", "five more", m_live->file()});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("allocateMore"));
  EXPECT_THAT(text.out, HasSubstr("500 B in 5 blocks"));
  EXPECT_THAT(heaptap({"report", m_live->file()}).out, HasSubstr("ten small: "));
  EXPECT_THAT(heaptap({"verify", m_live->file()}).out, HasSubstr("with 2 snapshots and 1 keyframe"))
      << "too little has happened between the two for another";
}

TEST_F(Control, SnapshotsCanBeLookedAtWhileTheProgramRuns) {
  start();
  tell("allocate 10");
  command({"snapshot", "early"});
  tell("free");
  command({"snapshot", "late"});
  const auto at = [&](const std::string& name) {
    const Outcome outcome =
        heaptap({"report", "--json", "--snapshot", name, "--collector", collectorOf(), sessionId()});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return bytesIn(reportIn(outcome.out), "allocateBlocks");
  };
  // While the program runs its functions get their names a little later.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (at("early") == 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(at("early"), 400);
  EXPECT_EQ(at("late"), 0);
  finish();
}

TEST_F(Control, ASnapshotThatThereIsNotIsNamed) {
  start();
  tell("mark only a mark");
  finish();
  const Outcome outcome = heaptap({"report", "--snapshot", "only a mark", m_live->file()});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.err, HasSubstr("no snapshot of this name"));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

TEST_F(Control, AStoppedRecordEndsAndTheProgramGoesOn) {
  start();
  tell("allocate 10");
  command({"stop"});
  waitForRecording(false);
  tell("allocate 100");
  finish();
  EXPECT_EQ(blocksAllocated(), 10);
  EXPECT_EQ(m_report->text("end"), "recording stopped");
}

TEST_F(Control, WithADelayTheBeginningIsLeftOut) {
  start({"--delay", "0.3"});
  tell("allocate 10");  // May come too late on a slow machine: then it is recorded.
  waitForRecording(true);
  tell("allocate 1000");
  finish();
  EXPECT_GE(blocksAllocated(), 1000);
  EXPECT_LE(blocksAllocated(), 1010);
}

TEST_F(Control, AfterADurationTheProgramRunsOnUnrecorded) {
  start({"--duration", "0.2"});
  waitForRecording(false);
  tell("allocate 1000");
  finish();
  EXPECT_EQ(blocksAllocated(), 0);
  EXPECT_EQ(m_report->text("end"), "recording stopped");
}

TEST_F(Control, WithoutHeaptapTheHeaderDoesNothing) {
  const Outcome outcome = runProcess({.argv = {recordedProgram("obeys")}},
                                     "recording\npause\nresume\nmark here\nallocate 3\nfree\n");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("recording: 0\n"));
  EXPECT_THAT(outcome.out, HasSubstr("ok 6\n"));
}

// As programs do that profile themselves on demand.
TEST(ControlBySignals, HandlersOfTheProgramsOwnMayPauseAndResume) {
  const Recording recording({recordedProgram("paused_by_signals")});
  EXPECT_EQ(recording.outcome().status, 0) << recording.outcome().err;
  EXPECT_EQ(recording["unmatchedFrees"], 0);
  std::vector<int> allocations;
  for (const auto& site : recording.sitesIn("allocate")) allocations.push_back(site.value("allocations", 0));
  EXPECT_THAT(allocations, testing::UnorderedElementsAre(10, 30));
}

TEST_F(Control, TellsWhatIsWrongInOneLine) {
  struct Case {
    std::vector<std::string> words;
    int status;
    const char* says;
  };
  const std::string self = std::to_string(getpid());
  for (const Case& c : {Case{{"pause", "4000000"}, 3, "process 4000000: there is none"},
                        Case{{"pause", self}, 3, "was not started by heaptap run"},
                        Case{{"pause", "3f2a"}, 2, "is no process id"}, Case{{"mark", self}, 2, "NAME"},
                        Case{{"run", "--delay", "-1", "true"}, 125, "--delay"},
                        Case{{"run", "--duration", "soon", "true"}, 125, "--duration"}}) {
    const Outcome outcome = heaptap(c.words);
    EXPECT_EQ(outcome.status, c.status) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(c.says));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
}

TEST_F(Control, ASessionThatHasEndedIsNotFound) {
  start();
  tell("allocate 1");
  command({"stop"});
  waitForRecording(false);
  const std::string pid = std::to_string(m_live->command(recordedProgram("obeys")));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  Outcome again = heaptap({"pause", pid});
  while (again.status == 0 && std::chrono::steady_clock::now() < deadline)  // Its names are being looked up.
    again = heaptap({"pause", pid});
  EXPECT_EQ(again.status, 3) << again.err;
  EXPECT_THAT(again.err, HasSubstr("is not being recorded"));
  finish();
}

}  // namespace
}  // namespace heaptap::test
