// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <signal.h>

#include <cstring>
#include <fstream>
#include <random>

#include "agent/wire/buffer_file.h"
#include "tests/e2e/buffered.h"
#include "tests/e2e/preloaded.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class RecoverTest : public BufferedTest {
 protected:
  /// Recovers app.buffer into app.heaptap. Returns its report.
  nlohmann::json recovered() {
    const Outcome outcome = recover("app.buffer", {"-o", "app.heaptap"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return reportOf(m_folder / "app.heaptap");
  }
  void overwrite(std::uint64_t at, const void* bytes, std::size_t count) {
    std::fstream file(m_folder / "app.buffer", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(count));
  }
};

TEST_F(RecoverTest, FindsWhatARunWouldHaveRecorded) {
  const Outcome outcome = run({recordedProgram("known_heap")});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(fs::status(m_folder / "app.buffer").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  const auto report = recovered();
  const auto& summary = report.at("summary");
  EXPECT_EQ(summary.value("allocations", 0), baseline()["allocations"] + 10 + 50 + 10 + 3);
  EXPECT_EQ(summary.value("leakedBytes", 0), baseline()["leakedBytes"] + 16'000);
  EXPECT_EQ(summary.value("peakBytes", 0), baseline()["leakedBytes"] + 1000 + 1'000'000);
  EXPECT_EQ(summary.value("temporaryAllocations", 0), baseline()["temporaryAllocations"] + 51);
  EXPECT_EQ(summary.value("droppedEvents", -1), 0);
  EXPECT_EQ(summary.value("unmatchedFrees", -1), 0);
  EXPECT_TRUE(summary.at("exitStatus").is_null());
  EXPECT_EQ(summary.at("command").at(0), recordedProgram("known_heap"));
  EXPECT_EQ(blocksIn(report, "shop::leakTen"), 10) << "named, with the program's debug information";
}

TEST_F(RecoverTest, CanBeRepeated) {
  EXPECT_EQ(run({recordedProgram("known_heap")}).status, 0);
  const std::string before = readFile(m_folder / "app.buffer");
  const auto first = recovered();
  EXPECT_EQ(readFile(m_folder / "app.buffer"), before);
  EXPECT_EQ(recover("app.buffer", {"-o", "app.heaptap"}).status, 6) << "never overwritten unasked";
  EXPECT_EQ(recover("app.buffer", {"-o", "app.heaptap", "--force"}).status, 0);
  EXPECT_EQ(reportOf(m_folder / "app.heaptap").at("sites"), first.at("sites"));
}

TEST_F(RecoverTest, FindsEverythingUpToAKill) {
  EXPECT_EQ(run({recordedProgram("ends"), "kill"}).status, 128 + SIGKILL);
  EXPECT_EQ(blocksIn(recovered(), "main"), 7);
}

TEST_F(RecoverTest, GivesAForkedChildASessionOfItsOwn) {
  EXPECT_EQ(run({recordedProgram("forks")}).status, 0);
  const auto parent = recovered();
  EXPECT_EQ(parent["summary"].value("leakedBytes", 0), baseline()["leakedBytes"] + 5000);
  const auto sessions = files(".heaptap");
  ASSERT_EQ(sessions.size(), 2U);
  const auto child = reportOf(sessions[0].filename() == "app.heaptap" ? sessions[1] : sessions[0]);
  EXPECT_EQ(child["summary"].value("allocations", 0), 100);
  EXPECT_EQ(child["summary"].value("inheritedFrees", 0), 5);
  EXPECT_EQ(child["summary"].value("unmatchedFrees", -1), 0);
}

TEST_F(RecoverTest, ByExecAProcessEndsWithItsHeapLive) {
  EXPECT_EQ(run({recordedProgram("executes"), "bare-execve", "/bin/false"}).status, 1);
  const auto summary = recovered().at("summary");
  EXPECT_EQ(summary.at("end"), "replaced by another program (exec)");
  EXPECT_TRUE(summary.at("liveAtEnd").get<bool>());
  EXPECT_NE(summary.at("notes").dump().find("/bin/false, which was not recorded: heaptap is not in its"),
            std::string::npos)
      << summary.at("notes");
}

TEST_F(RecoverTest, OfChildrenTheProgramsThatWereNotRecordedAreTold) {
  EXPECT_EQ(run({recordedProgram("executes"), "bare-spawn", "/bin/false"}).status, 1);
  const auto summary = recovered().at("summary");
  EXPECT_NE(summary.at("notes").dump().find("/bin/false, which it started, was not recorded"),
            std::string::npos)
      << summary.at("notes");
}

TEST_F(RecoverTest, EachImageHasAFileOfItsOwn) {
  const std::string script = recordedProgram("known_heap") + "; exec " + recordedProgram("ends");
  EXPECT_EQ(run({"/bin/sh", "-c", script}, buffered("app.%p.buffer")).status, 4);
  std::vector<fs::path> buffers;
  for (const auto& entry : fs::directory_iterator(m_folder.path())) buffers.push_back(entry.path());
  EXPECT_EQ(buffers.size(), 3U) << "the last one took over the shell's process, and got a number";
  for (const fs::path& buffer : buffers) EXPECT_EQ(recover(buffer, {"-q"}).status, 0) << buffer;
  EXPECT_GE(files(".heaptap").size(), 3U) << "and perhaps what the shell forked, before its exec";
}

TEST_F(RecoverTest, AFileThatExistsIsLeftAlone) {
  m_folder.write("app.buffer", "precious");
  EXPECT_EQ(run({recordedProgram("ends")}).status, 4);
  EXPECT_EQ(readFile(m_folder / "app.buffer"), "precious");
  EXPECT_EQ(recover("app.buffer.1", {"-q"}).status, 0);
}

TEST_F(RecoverTest, WhatFoundNoRoomIsCounted) {
  auto environment = buffered();
  environment["HEAPTAP_BUFFER_SIZE"] = "1M";
  EXPECT_EQ(run({recordedProgram("keeps_many")}, environment).status, 0);
  const auto report = recovered();
  const auto& summary = report.at("summary");
  EXPECT_GT(summary.value("droppedAllocations", 0), 10'000);
  expectDropsOnlyOf(report, "bufferFull");
  EXPECT_EQ(summary.value("allocations", 0) + summary.value("droppedAllocations", 0),
            baseline()["allocations"] + 100'000);
}

TEST_F(RecoverTest, ThreadsBeyondThePlacesAreDroppedAsThat) {
  constexpr std::int64_t kPlaces = wire::bufferCapacity(18U << 20).threads;
  constexpr std::int64_t kThreads = 1400;
  constexpr std::int64_t kBeyond = kThreads + 1 - kPlaces;  // The first thread has a place, too.
  static_assert(kBeyond > 100);
  auto environment = buffered();
  environment["HEAPTAP_BUFFER_SIZE"] = "18M";
  EXPECT_EQ(run({recordedProgram("crowds"), "all-at-once", std::to_string(kThreads)}, environment).status, 0);
  const auto report = recovered();
  nlohmann::json drops;
  for (const auto& drop : report.at("summary").at("drops"))
    if (drop.at("reason") == "threads") drops = drop;
  EXPECT_EQ(drops, (nlohmann::json{{"reason", "threads"},
                                   {"allocations", kBeyond * 3},
                                   {"bytes", kBeyond * (32 + 2 * 48)},
                                   {"frees", kBeyond * 2}}));
  EXPECT_NE(report.at("summary").at("notes").dump().find("thread"), std::string::npos);
}

TEST_F(RecoverTest, AFileSizeLimitKillsNobody) {
  auto environment = buffered();
  environment["LD_PRELOAD"] = std::nullopt;
  const Outcome outcome =
      run({"/bin/sh", "-c", "ulimit -f 1; LD_PRELOAD=" HEAPTAP_PRELOAD " exec " + recordedProgram("ends")},
          environment);
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("ulimit -f"));
  EXPECT_FALSE(fs::exists(m_folder / "app.buffer"));
}

TEST_F(RecoverTest, NorDoesTellingOfItKill) {
  // Standard error is a file that may not grow, then a pipe without a reader.
  m_folder.write("full", std::string(4096, ' '));
  auto environment = buffered();
  environment["LD_PRELOAD"] = std::nullopt;
  const std::string program = "LD_PRELOAD=" HEAPTAP_PRELOAD " exec " + recordedProgram("ends");
  EXPECT_EQ(run({"/bin/sh", "-c", "ulimit -f 1; " + program + " 2>>full"}, environment).status, 4);
  environment["HEAPTAP_BUFFER_SIZE"] = "none";
  EXPECT_EQ(run({"/bin/bash", "-c", "exec 9> >(exit); wait $!; " + program + " 2>&9"}, environment).status,
            4);
}

TEST_F(RecoverTest, AFullDiskHarmsNobody) {
  if (!namespacesAreAllowed()) GTEST_SKIP() << "no mount namespaces here";
  auto environment = buffered();
  environment["LD_PRELOAD"] = std::nullopt;
  const Outcome outcome =
      run({"/usr/bin/unshare", "--mount", "/bin/sh", "-c",
           "mount -t tmpfs -o size=1m none . && cd . && LD_PRELOAD=" HEAPTAP_PRELOAD " " +
               recordedProgram("ends") + "; status=$?; ls " + m_folder.path().string() + "; exit $status"},
          environment);
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.err, HasSubstr("no space on the disk"));
  EXPECT_EQ(outcome.out, "");
}

TEST_F(RecoverTest, ASizeThatIsNoneIsRefused) {
  for (const char* size : {"x", "1", "64MB", "99999999999999999999", "9G", "-1", "1T"}) {
    auto environment = buffered();
    environment["HEAPTAP_BUFFER_SIZE"] = size;
    const Outcome outcome = run({recordedProgram("ends")}, environment);
    EXPECT_EQ(outcome.status, 4);
    EXPECT_THAT(outcome.err, HasSubstr("HEAPTAP_BUFFER_SIZE")) << size;
  }
  EXPECT_TRUE(fs::is_empty(m_folder.path()));
}

TEST_F(RecoverTest, WaitsForTheProgramsEnd) {
  ChildProcess program({.argv = {"/bin/cat"}, .environment = buffered(), .folder = m_folder.path()});
  program.writeInput("here\n");
  EXPECT_TRUE(program.waitForOutput("here"));
  const Outcome early = recover("app.buffer");
  EXPECT_EQ(early.status, 8);
  EXPECT_THAT(early.err, HasSubstr("a program that still runs writes to it"));
  EXPECT_EQ(program.finish().status, 0);
  EXPECT_EQ(recover("app.buffer").status, 0);
}

TEST_F(RecoverTest, TellsWhatIsWrongWithAFile) {
  EXPECT_EQ(run({recordedProgram("ends")}).status, 4);
  m_folder.write("garbage", std::string(100'000, 'x'));
  m_folder.write("empty", "");
  struct Case {
    std::string file;
    int status;
    std::string word;
  };
  std::vector<Case> cases{{"nowhere", 3, "No such file"},
                          {".", 4, "not a regular file"},
                          {"garbage", 4, "is no buffer"},
                          {"empty", 4, "is no buffer"}};
  const std::string whole = readFile(m_folder / "app.buffer");
  m_folder.write("short", whole.substr(0, whole.size() / 2));
  cases.push_back({"short", 9, "but should have"});
  m_folder.write("beginning", whole.substr(0, 20));
  cases.push_back({"beginning", 9, "cut off"});
  fs::copy_file(m_folder / "app.buffer", m_folder / "huge");
  fs::resize_file(m_folder / "huge", std::uintmax_t{1} << 40);
  cases.push_back({"huge", 9, "but should have"});
  std::string other = whole;
  other[offsetof(wire::BufferPreamble, layoutVersion)] = 77;
  m_folder.write("other", other);
  cases.push_back({"other", 5, "another version"});
  std::string unfinished = whole;
  unfinished[offsetof(wire::BufferPreamble, complete)] = 0;
  m_folder.write("unfinished", unfinished);
  cases.push_back({"unfinished", 9, "never finished"});
  std::string headless = whole;
  std::memset(headless.data() + wire::kBufferPreambleBytes, 0, 64);
  m_folder.write("headless", headless);
  cases.push_back({"headless", 9, "damaged"});
  for (const Case& c : cases) {
    const Outcome outcome = recover(c.file);
    EXPECT_EQ(outcome.status, c.status) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(c.word));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
  EXPECT_TRUE(files(".heaptap").empty());
}

TEST_F(RecoverTest, SurvivesDamageAnywhere) {
  EXPECT_EQ(run({recordedProgram("forks")}).status, 0);
  const std::string whole = readFile(m_folder / "app.buffer");
  std::mt19937 random(7);
  // Where the bookkeeping is, and where the events of a short program are.
  const std::uint64_t interesting = 8 << 20;
  for (int round = 0; round < 10; ++round) {
    m_folder.write("app.buffer", whole);
    for (int i = 0; i < 400; ++i) {
      const auto bytes = static_cast<std::uint32_t>(random());
      overwrite(wire::kBufferPreambleBytes + 512 + random() % interesting, &bytes, 1 + random() % 4);
    }
    const Outcome outcome = recover("app.buffer", {"-o", "app.heaptap", "--force", "-q"});
    EXPECT_LT(outcome.status, 128) << "round " << round << ": " << outcome.err;
    EXPECT_NE(outcome.status, 1) << "round " << round << ": " << outcome.err;
  }
}

}  // namespace
}  // namespace heaptap::test
