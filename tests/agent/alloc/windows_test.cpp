// SPDX-License-Identifier: Apache-2.0
//
// System over the heap of Windows: compiled by mingw-w64, run by wine. Neither is needed to build heaptap,
// and both are large: where they are not installed, this is skipped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap {
namespace {

class OnWindows : public testing::Test {
 protected:
  void SetUp() override {
    if (std::string(HEAPTAP_MINGW).ends_with("NOTFOUND"))
      GTEST_SKIP() << "g++-mingw-w64-x86-64 is not installed";
  }

  /// Compiles a program from its source; without warnings, as all of heaptap.
  test::Outcome build(const std::string& source) const {
    m_folder.write("program.cpp", source);
    return test::runProcess({.argv = {HEAPTAP_MINGW, "-std=c++20", "-O2", "-Wall", "-Wextra", "-Wpedantic",
                                      "-Wconversion", "-Werror", "-static", m_headers, m_agentHeaders, m_tree,
                                      "program.cpp", "-o", "program.exe"},
                             .environment = {{"LC_ALL", "C"}},
                             .folder = m_folder.path()});
  }

  test::Outcome run() const {
    return test::runProcess({.argv = {HEAPTAP_WINE, m_folder / "program.exe"},
                             .environment = {{"WINEPREFIX", m_folder / "wine"},
                                             {"WINEDEBUG", "-all"},
                                             {"WINEDLLOVERRIDES", "mscoree,mshtml="},
                                             {"DISPLAY", std::nullopt}},
                             .folder = m_folder.path()});
  }

 private:
  const std::string m_headers = "-I" HEAPTAP_ALLOC_HEADERS;
  const std::string m_agentHeaders = "-I" HEAPTAP_AGENT_HEADERS;
  const std::string m_tree = "-I" HEAPTAP_SOURCE_FOLDER;
  test::TemporaryFolder m_folder;
};

TEST_F(OnWindows, SystemHandsOutWhatIsAsked) {
  const auto built = build(R"(
#include "tests/agent/alloc/system_everywhere.h"
#include <cstdio>
static_assert(!heaptap::SelfDescribing<const heaptap::System>);
int main() { std::printf("wrong: %s.\n", heaptap::test::whatIsWrongWithSystem()); }
)");
  ASSERT_EQ(built.status, 0) << built.err;
  if (std::string(HEAPTAP_WINE).ends_with("NOTFOUND")) GTEST_SKIP() << "compiled, but wine is not installed";
  EXPECT_THAT(run().out, testing::StartsWith("wrong: ."));
}

TEST_F(OnWindows, TheHeadersCompileBesideThoseOfWindows) {
  const auto built = build("#include <heaptap/alloc.h>\n#include <windows.h>\nint main() {}\n");
  EXPECT_EQ(built.status, 0) << built.err;
}

TEST_F(OnWindows, AGlobalAllocatorIsRefusedByTheCompiler) {
  const auto built = build(
      "#include <heaptap/alloc.h>\n"
      "HEAPTAP_HEAP_ALLOCATOR(ALLOCATOR, heaptap::System){};\nint main() {}\n");
  EXPECT_NE(built.status, 0);
  EXPECT_THAT(built.err, testing::HasSubstr("heaptap: a global allocator can be selected on ELF systems"));
}

}  // namespace
}  // namespace heaptap
