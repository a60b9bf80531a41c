// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "tests/e2e/live_recording.h"
#include "tests/e2e/recording.h"

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

TEST_F(Control, AMarkFromOutsideIsInTheRecord) {
  start();
  command({"mark", "from outside"});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  bool arrived = false;
  while (!arrived && std::chrono::steady_clock::now() < deadline)
    arrived = heaptap({"report", "--json", m_live->file()}).out.find("from outside") != std::string::npos;
  EXPECT_TRUE(arrived);
  finish();
  ASSERT_EQ(marks().size(), 1U);
  EXPECT_EQ(marks()[0].at("name"), "from outside");
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
