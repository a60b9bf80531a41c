// SPDX-License-Identifier: Apache-2.0
#include "tests/agent/alloc/compiler.h"

#include <fstream>
#include <map>

namespace heaptap::test {

void Compiler::write(const std::string& file, const std::string& source) const {
  std::ofstream(folder() / file) << source;
}

Outcome Compiler::run(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv{m_command, "-std=c++20", "-I" HEAPTAP_ALLOC_HEADERS,
                                "-I" HEAPTAP_AGENT_HEADERS};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  // Messages in English, and without colours.
  return runProcess({.argv = argv, .environment = {{"LC_ALL", "C"}}, .folder = folder()});
}

Outcome Compiler::start(const std::string& program, const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv{folder() / program};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  // What the test's own sanitizer is told is not for this program.
  return runProcess({.argv = argv,
                     .environment = {{"ASAN_OPTIONS", std::nullopt}, {"TSAN_OPTIONS", std::nullopt}},
                     .folder = folder()});
}

void WithCompiler::SetUp() {
  const std::map<std::string, std::string> commands{{"gcc", HEAPTAP_GCC}, {"clang", HEAPTAP_CLANG}};
  const std::string& command = commands.at(GetParam());
  if (command.ends_with("NOTFOUND")) GTEST_SKIP() << GetParam() << " is not installed";
  m_compiler.emplace(command);
}

void WithCompiler::build(const std::string& program, std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"-Wall", "-Wextra", "-Werror", "-o", program});
  const Outcome outcome = compiler().run(arguments);
  ASSERT_EQ(outcome.status, 0) << outcome.err;
}

}  // namespace heaptap::test
