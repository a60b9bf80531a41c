// SPDX-License-Identifier: Apache-2.0
//
// Servers of debug information: asked only when told to, believed no more than they can prove, and never
// waited for without end.
#include <gmock/gmock.h>

#include <csignal>

#include "tests/e2e/names/built_program.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kServed = R"(#include <stdlib.h>
static void* volatile kept;
__attribute__((noinline)) static void fill(void) { kept = malloc(1234); }
int main(void) { fill(); return 0; }
)";

/// A program without debug information, which a server has.
class DebugServer : public testing::Test {
 protected:
  DebugServer() {
    m_program.separateDebugFile();
    fs::rename(m_program.folder / ("debug/" + m_program.debugName()), m_program.folder / "served");
    fs::remove_all(m_program.folder / "debug");
    m_program.folder.write("served.id", m_program.buildId());
  }
  ~DebugServer() override {
    if (!m_server) return;
    m_server->signal(SIGKILL);
    static_cast<void>(m_server->finish());
  }
  void serve(const std::string& mode, const std::string& file = "served") {
    m_server.emplace(Launch{.argv = {"python3", DEBUG_SERVER, mode, (m_program.folder / file).string()}});
    ASSERT_TRUE(m_server->waitForOutput("\n"));
    m_port = m_server->output().substr(0, m_server->output().find('\n'));
  }
  std::map<std::string, std::optional<std::string>> environment() const {
    return {{"DEBUGINFOD_URLS", "http://127.0.0.1:" + m_port},
            {"DEBUGINFOD_TIMEOUT", "1"},
            {"DEBUGINFOD_CACHE_PATH", (m_program.folder / "cache").string()},
            {"no_proxy", "127.0.0.1"}};
  }
  void record(const std::vector<std::string>& options) {
    std::vector<std::string> words = {"run", "-q", "--force", "-o", "s.heaptap"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"--", "./program"});
    const Outcome recorded = m_program.heaptap(words, environment());
    EXPECT_EQ(recorded.status, 0) << recorded.err;
  }
  Outcome symbolize() { return m_program.heaptap({"symbolize", "s.heaptap", "--debuginfod"}, environment()); }
  void expectNames() { EXPECT_THAT(m_program.stackOf(1234), Contains("fill program.c:3")); }
  void expectNone() { EXPECT_THAT(m_program.stackOf(1234), Not(Contains(HasSubstr("program.c")))); }

  BuiltProgram m_program{kServed, "c", {"-O1", "-fno-builtin"}};
  std::optional<ChildProcess> m_server;
  std::string m_port = "1";  ///< Where nobody listens.
};

TEST_F(DebugServer, IsAskedByRunWhenToldTo) {
  serve("honest");
  record({"--debuginfod"});
  expectNames();
}

TEST_F(DebugServer, IsNotAskedOtherwise) {
  serve("honest");
  record({});
  expectNone();
  EXPECT_EQ(m_program.heaptap({"symbolize", "s.heaptap"}, environment()).status, 0);
  expectNone();
  m_server->signal(SIGTERM);
  EXPECT_THAT(m_server->finish().out, Not(HasSubstr("/buildid/")));
  m_server.reset();
}

TEST_F(DebugServer, IsAskedBySymbolizeAlsoWithoutTheBinary) {
  record({});
  serve("honest");
  fs::remove(m_program.folder / "program");
  const Outcome done = symbolize();
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("from a server"));
  expectNames();
}

TEST_F(DebugServer, ThatSendsAnotherBuildIsNotBelieved) {
  m_program.run(
      {"sh", "-c",
       "echo 'int main(void) { return 0; }' > other.c && gcc -g -Wl,--build-id=sha1 -o other other.c"});
  m_program.folder.write("other.id", "");
  serve("lying", "other");
  record({"--debuginfod"});
  expectNone();
  EXPECT_THAT(m_program.notes(), Contains(HasSubstr("belongs to another build")));
  EXPECT_EQ(symbolize().status, 0);
  expectNone();
}

TEST_F(DebugServer, ThatIsNotThereIsNoError) {
  record({"--debuginfod"});
  expectNone();
  EXPECT_EQ(symbolize().status, 0);
}

TEST_F(DebugServer, ThatNeverAnswersIsLeft) {
  serve("silent");
  record({"--debuginfod"});
  expectNone();
  fs::remove_all(m_program.folder / "cache");  // What was not found is not asked for again for a while.
  const Outcome done = symbolize();
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("a server took too long to answer"));
}

TEST_F(DebugServer, ThatStopsInTheMiddleIsLeft) {
  serve("slow");
  record({"--debuginfod"});
  expectNone();
}

TEST_F(DebugServer, MustBeNamed) {
  const Outcome refused =
      m_program.heaptap({"run", "--debuginfod", "--", "./program"}, {{"DEBUGINFOD_URLS", ""}});
  EXPECT_EQ(refused.status, 125);
  EXPECT_THAT(refused.err, HasSubstr("DEBUGINFOD_URLS names no server"));
}

}  // namespace
}  // namespace heaptap::test
