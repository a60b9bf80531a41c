// SPDX-License-Identifier: Apache-2.0
//
// The recipes of docs/symbols.md, run as they are but for folders and servers that are the test's.
#include <gmock/gmock.h>

#include <csignal>
#include <optional>
#include <regex>

#include "tests/e2e/names/built_program.h"
#include "tests/support/document_recipes.h"

namespace heaptap::test {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kServer = R"(#include <stdlib.h>
static void* volatile kept;
__attribute__((noinline)) static void fill(void) { kept = malloc(1234); }
int main(void) { fill(); return 0; }
)";

/// A stripped ./server, with its debug information wherever the page says that it may be.
class RecipesOfSymbols : public testing::Test {
 protected:
  RecipesOfSymbols() {
    const fs::path folder = m_program.folder.path();
    const fs::path below = folder / "image" / (folder / "server").string().substr(1);
    fs::create_directories(below.parent_path());
    fs::copy(folder / "program", below);
    fs::create_directories(folder / "build" / "unstripped");
    fs::copy(folder / "program", folder / "build" / "unstripped" / "server");
    m_program.separateDebugFile();
    const fs::path debug = folder / "debug" / m_program.debugName();
    fs::copy(debug, folder / "served");
    m_program.folder.write("served.id", m_program.buildId());
    fs::rename(folder / "debug", folder / "build" / "symbols");
    fs::rename(folder / "program", folder / "server");
    m_server.emplace(Launch{.argv = {"python3", DEBUG_SERVER, "honest", (folder / "served").string()}});
    EXPECT_TRUE(m_server->waitForOutput("\n"));
    m_url = "http://127.0.0.1:" + m_server->output().substr(0, m_server->output().find('\n'));
  }
  ~RecipesOfSymbols() override {
    m_server->signal(SIGKILL);
    static_cast<void>(m_server->finish());
  }

  /// The session that was recorded for the page's commands to name, without names.
  void recordNameless() {
    const Outcome recorded =
        m_program.heaptap({"run", "-q", "--force", "-o", "app.4711.heaptap", "--", "./server"});
    EXPECT_EQ(recorded.status, 0) << recorded.err;
    EXPECT_FALSE(hasNames("app.4711.heaptap"));
  }
  bool hasNames(const std::string& session) const {
    for (const std::string& line : m_program.stackOf(1234, session))
      if (line == "fill program.c:3") return true;
    return false;
  }
  void run(std::string line) const {
    line = std::regex_replace(line, std::regex("/srv/images/app"), (m_program.folder / "image").string());
    line = std::regex_replace(line, std::regex("https://debuginfod.debian.net"), m_url);
    const std::string bin = fs::path(HEAPTAP_COMMAND).parent_path().string();
    m_program.run(
        {"sh", "-c", "PATH=" + bin + ":$PATH\n" + line},
        {{"DEBUGINFOD_CACHE_PATH", (m_program.folder / "cache").string()}, {"no_proxy", "127.0.0.1"}});
  }
  /// What `heaptap run` without -o has written.
  std::vector<std::string> sessionsOfServer() const {
    std::vector<std::string> sessions;
    for (const auto& entry : fs::directory_iterator(m_program.folder.path()))
      if (entry.path().filename().string().starts_with("server."))
        sessions.push_back(entry.path().filename());
    return sessions;
  }

  BuiltProgram m_program{kServer, "c", {"-O1", "-fno-builtin"}};
  std::optional<ChildProcess> m_server;
  std::string m_url;
};

TEST_F(RecipesOfSymbols, GiveNames) {
  std::size_t recorded = 0;
  std::size_t repaired = 0;
  for (const auto& recipe : recipesOf(HEAPTAP_SOURCE_FOLDER "/docs/symbols.md"))
    for (const std::string& line : recipe) {
      SCOPED_TRACE(line);
      fs::remove_all(m_program.folder / "cache");
      if (line.find("heaptap symbolize app.4711.heaptap") != std::string::npos) {
        recordNameless();
        run(line);
        EXPECT_TRUE(hasNames(line.find("-o named.heaptap") != std::string::npos ? "named.heaptap"
                                                                                : "app.4711.heaptap"));
        ++repaired;
        continue;
      }
      ASSERT_NE(line.find("heaptap run "), std::string::npos) << "no test runs this recipe";
      run(line);
      const auto sessions = sessionsOfServer();
      ASSERT_EQ(sessions.size(), 1U);
      EXPECT_TRUE(hasNames(sessions.front()));
      fs::remove(m_program.folder / sessions.front());
      ++recorded;
    }
  EXPECT_GE(recorded, 3U);
  EXPECT_GE(repaired, 2U);
}

}  // namespace
}  // namespace heaptap::test
