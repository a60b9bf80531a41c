// SPDX-License-Identifier: Apache-2.0
//
// The recipes of docs/ci.md, run as they are, in a project that leaks and in one that does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/gate/installed_heaptap.h"

namespace heaptap {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr int kGateFailed = 10;

std::string recipe(const std::string& name) {
  const auto read = test::runProcess({.argv = {HEAPTAP_SYSTEM_PYTHON, READ_RECIPE, CI_PAGE, name}});
  EXPECT_EQ(read.status, 0) << read.err;
  return read.out;
}

std::vector<std::string> commandsOf(const std::string& name) {
  std::vector<std::string> commands;
  std::istringstream text(recipe(name));
  for (std::string command; std::getline(text, command, '\0');) commands.push_back(command);
  return commands;
}

class Recipes : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    write("app_test.cpp", std::string("#include <cstdlib>\n#include <string>\n\n") +
                              "__attribute__((noinline)) char* readName() {\n" +
                              "  char* volatile name = static_cast<char*>(std::malloc(100));\n  return "
                              "name;\n}\n\nint main() {\n" +
                              "  char* const volatile name = readName();\n" +
                              (isLeaky() ? "  return name == nullptr;\n}\n" : "  std::free(name);\n}\n"));
    write("heaptap.toml", "[limits]\npeak = \"64 MiB\"\n");
    write("CMakeLists.txt",
          "cmake_minimum_required(VERSION 3.25)\nproject(app LANGUAGES CXX)\n"
          "set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})\n" +
              recipe("ctest"));
  }
  static bool isLeaky() { return GetParam(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(m_heaptap.project() + "/" + name) << text;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(m_heaptap.project() + "/" + name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  [[nodiscard]] test::Outcome shell(const std::string& command) const {
    return m_heaptap.run({"bash", "-e", "-o", "pipefail", "-c", command});
  }
  /// All commands but the last, which is the gate, must succeed.
  [[nodiscard]] test::Outcome lastOf(const std::vector<std::string>& commands) const {
    test::Outcome last;
    for (std::size_t i = 0; i < commands.size(); ++i) {
      last = shell(commands[i]);
      if (i + 1 < commands.size()) {
        EXPECT_EQ(last.status, 0) << commands[i] << last.out << last.err;
      }
    }
    return last;
  }

  const test::InstalledHeaptap m_heaptap;
};

TEST_P(Recipes, OfGitHub) {
  const auto commands = commandsOf("github");
  ASSERT_THAT(commands, SizeIs(2));
  const auto gate = lastOf(commands);
  EXPECT_EQ(gate.status, isLeaky() ? kGateFailed : 0) << gate.out << gate.err;
  EXPECT_THAT(read("heaptap.sarif"), HasSubstr("\"version\":\"2.1.0\""));
  if (!isLeaky()) return;
  EXPECT_THAT(gate.out + gate.err, HasSubstr("::error file=app_test.cpp,line=5"));
  EXPECT_THAT(read("heaptap.sarif"), HasSubstr("readName"));
  EXPECT_THAT(read("heaptap.txt"), HasSubstr("leaks 100 B in 1 block, allocated by readName"));
}

TEST_P(Recipes, OfGitLab) {
  const auto commands = commandsOf("gitlab");
  ASSERT_THAT(commands, SizeIs(2));
  const auto gate = lastOf(commands);
  EXPECT_EQ(gate.status, isLeaky() ? kGateFailed : 0) << gate.out << gate.err;
  EXPECT_THAT(read("heaptap.xml"), HasSubstr(isLeaky() ? "failures=\"1\"" : "failures=\"0\""));
  EXPECT_EQ(read("heaptap-quality.json").find("app_test.cpp") != std::string::npos, isLeaky());
  EXPECT_TRUE(std::filesystem::exists(m_heaptap.project() + "/app_test.heaptap"));
}

TEST_P(Recipes, OfCTest) {
  const auto built = shell("cmake -S . -B build -DCMAKE_BUILD_TYPE=RelWithDebInfo && cmake --build build");
  ASSERT_EQ(built.status, 0) << built.out << built.err;
  const auto tested = shell("ctest --test-dir build --output-on-failure");
  EXPECT_EQ(tested.status == 0, !isLeaky()) << tested.out;
  EXPECT_THAT(tested.out, HasSubstr(isLeaky() ? "1 tests failed out of 2" : "100% tests passed"));
  if (isLeaky()) {
    EXPECT_THAT(tested.out, HasSubstr("allocated by readName"));
  }
}

TEST_P(Recipes, OfMake) {
  write("Makefile", "app_test: app_test.cpp\n\t$(CXX) -g -o $@ $<\n\n" + recipe("make"));
  const auto made = shell("make check-heap");
  EXPECT_EQ(made.status, isLeaky() ? 2 : 0) << made.out << made.err;
  if (isLeaky()) {
    EXPECT_THAT(made.err, HasSubstr("allocated by readName"));
  }
}

INSTANTIATE_TEST_SUITE_P(Projects, Recipes, testing::Bool(),
                         [](const auto& project) { return project.param ? "ThatLeaks" : "ThatDoesNot"; });

}  // namespace
}  // namespace heaptap
