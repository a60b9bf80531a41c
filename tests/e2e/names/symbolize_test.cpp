// SPDX-License-Identifier: Apache-2.0
//
// Sessions that were recorded without debug information, and get their names afterwards.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/e2e/names/built_program.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* kSource = R"(#include <stdlib.h>
static void* kept;
static inline __attribute__((always_inline)) void* makeOne(void) {
  return malloc(1234);
}
__attribute__((noinline)) void fill(void) {
  kept = makeOne();
}
int main(void) {
  fill();
  return kept == 0;
}
)";

class Symbolize : public testing::Test {
 protected:
  Symbolize() {
    m_program.separateDebugFile();
    const Outcome recorded = m_program.heaptap({"run", "-q", "-o", "s.heaptap", "--", "./program"});
    EXPECT_EQ(recorded.status, 0) << recorded.err;
  }
  Outcome symbolize(std::vector<std::string> options) {
    options.insert(options.begin(), {"symbolize", "s.heaptap"});
    return m_program.heaptap(options);
  }
  void expectAllNames(const std::string& session = "s.heaptap") {
    EXPECT_THAT(m_program.stackOf(1234, session),
                ElementsAre("makeOne program.c:4", "fill program.c:7", "main program.c:10"));
  }
  [[nodiscard]] std::string bytes(const std::string& file) const { return readFile(m_program.folder / file); }

  BuiltProgram m_program{kSource, "c", {"-O2", "-fno-builtin"}};
};

TEST_F(Symbolize, GivesASessionItsFunctionsFilesLinesAndInlinedCalls) {
  EXPECT_THAT(m_program.stackOf(1234), Contains(StartsWith("?")));
  const std::string plain = m_program.heaptap({"report", "s.heaptap"}).out;
  EXPECT_THAT(plain, HasSubstr("program+0x")) << "never a bare address";

  const Outcome done = symbolize({"--debug-dir", "debug"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("/program: functions for "), HasSubstr("s.heaptap: functions for ")));
  expectAllNames();
}

TEST_F(Symbolize, ChangesNothingTheSecondTime) {
  symbolize({"--debug-dir", "debug"});
  const std::string before = bytes("s.heaptap");
  const Outcome again = symbolize({"--debug-dir", "debug"});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("s.heaptap: no names were added"));
  EXPECT_EQ(bytes("s.heaptap"), before);
  // Nor does it take away what is not found this time.
  EXPECT_EQ(symbolize({}).status, 0);
  expectAllNames();
}

TEST_F(Symbolize, WritesACopyAndLeavesTheSession) {
  const std::string before = bytes("s.heaptap");
  EXPECT_EQ(symbolize({"--debug-dir", "debug", "-o", "named.heaptap"}).status, 0);
  expectAllNames("named.heaptap");
  EXPECT_EQ(bytes("s.heaptap"), before);

  const Outcome exists = symbolize({"-o", "named.heaptap"});
  EXPECT_NE(exists.status, 0);
  EXPECT_THAT(exists.err, HasSubstr("--force"));
  EXPECT_EQ(symbolize({"--debug-dir", "debug", "-o", "named.heaptap", "--force"}).status, 0);
  expectAllNames("named.heaptap");
}

TEST_F(Symbolize, FindsTheBinaryByItsPathBelowTheSysroot) {
  const fs::path there = m_program.folder / ("root" + (m_program.folder / "program").string());
  fs::create_directories(there.parent_path());
  fs::rename(m_program.folder / "program", there);
  EXPECT_THAT(symbolize({}).out, HasSubstr("/program: not found: no file with build id "));
  fs::rename(m_program.folder / "debug", m_program.folder / "root" / "debug");
  EXPECT_EQ(symbolize({"--sysroot", "root", "--debug-dir", "root/debug"}).status, 0);
  expectAllNames();
}

TEST_F(Symbolize, NeedsTheDebugFileAlone) {
  fs::remove(m_program.folder / "program");
  EXPECT_EQ(symbolize({"--debug-dir", "debug"}).status, 0);
  expectAllNames();
}

TEST_F(Symbolize, SaysOfAnotherBuildThatItIsNotUsed) {
  std::ofstream(m_program.folder / "other.c") << "int other;\n" << kSource;
  m_program.run({"gcc", "-g", "-O2", "-Wl,--build-id=sha1", "-o", "program", "other.c"});
  const std::string before = bytes("s.heaptap");
  const Outcome done = symbolize({});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("program is of another build, and not used"));
  EXPECT_EQ(bytes("s.heaptap"), before);
}

TEST_F(Symbolize, ReadsDamagedDebugFilesWithoutHarm) {
  const std::string debug = "debug/" + m_program.debugName();
  const std::string whole = bytes(debug);
  for (std::size_t cut = 64; cut < whole.size(); cut += whole.size() / 20) {
    std::ofstream(m_program.folder / debug, std::ios::binary) << whole.substr(0, cut);
    const Outcome done = symbolize({"--debug-dir", "debug", "-o", "cut.heaptap", "--force"});
    EXPECT_EQ(done.status, 0) << cut << ": " << done.err;
  }
}

TEST_F(Symbolize, RefusesWhatIsNoSession) {
  m_program.folder.write("text", "no session");
  EXPECT_NE(m_program.heaptap({"symbolize", "text"}).status, 0);
  EXPECT_NE(m_program.heaptap({"symbolize", "missing"}).status, 0);
  EXPECT_NE(symbolize({"--debug-dir", "missing"}).status, 0);
}

// ---- what `run` says and finds by itself ---------------------------------------------------------------

TEST_F(Symbolize, IsNotNeededWhereRunIsToldOfTheFolder) {
  const Outcome recorded =
      m_program.heaptap({"run", "-q", "-o", "r.heaptap", "--debug-dir", "debug", "--", "./program"});
  EXPECT_EQ(recorded.status, 0) << recorded.err;
  expectAllNames("r.heaptap");
}

TEST(SplitDebugInformation, ThatIsNotThereIsSaidInOneNote) {
  const BuiltProgram program(kSource, "c", {"-O2", "-fno-builtin", "-gsplit-dwarf"});
  program.run({"sh", "-c", "rm -f *.dwo"});
  EXPECT_EQ(program.heaptap({"run", "-q", "-o", "s.heaptap", "--", "./program"}).status, 0);
  EXPECT_THAT(program.notes(), Contains(AllOf(StartsWith("no lines and no inlined functions from "),
                                              HasSubstr("/program"), HasSubstr(".dwo or .dwp"))));
}

TEST(ZstdDebugInformation, IsReadWhileAProgramIsRecorded) {
  const BuiltProgram program(kSource, "c", {"-O2", "-fno-builtin"});
  program.run({"objcopy", "--compress-debug-sections=zstd", "program"});
  EXPECT_EQ(program.heaptap({"run", "-q", "-o", "s.heaptap", "--", "./program"}).status, 0);
  EXPECT_THAT(program.stackOf(1234),
              ElementsAre("makeOne program.c:4", "fill program.c:7", "main program.c:10"));
  EXPECT_THAT(program.notes(), Not(Contains(HasSubstr("no lines"))));
}

}  // namespace
}  // namespace heaptap::test
