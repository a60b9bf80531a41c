// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/leaks/leaky_program.h"

#include <gtest/gtest.h>

namespace heaptap::test {
namespace {

using nlohmann::json;

std::string spoken(const json& function) {
  if (function.is_null()) return "?";
  const auto text = function.get<std::string>();
  return text.substr(0, text.find('('));
}

bool isLeak(const json& kind) { return kind == "growing" || kind == "once"; }

}  // namespace

LeakyProgram::LeakyProgram(const std::string& source, const std::vector<std::string>& command,
                           const std::string& extension) {
  folder.write("program." + extension, source);
  std::vector<std::string> argv = command;
  // A call at the end of a function leaves no frame of it.
  if (extension != "rs") argv.emplace_back("-fno-optimize-sibling-calls");
  argv.insert(argv.end(), {"-o", "program", (folder / ("program." + extension)).string()});
  const Outcome built = runProcess({.argv = argv, .folder = folder.path()});
  EXPECT_EQ(built.status, 0) << command.front() << ": " << built.err;
  const Outcome ran = heaptap({"run", "-q", "-o", "s.heaptap", "--", "./program"});
  EXPECT_EQ(ran.status, 0) << ran.err;
}

Outcome LeakyProgram::heaptap(std::vector<std::string> words) const {
  words.insert(words.begin(), HEAPTAP_COMMAND);
  return runProcess({.argv = words, .folder = folder.path()});
}

json LeakyProgram::report(std::vector<std::string> options) const {
  options.insert(options.begin(), {"report", "--json", "s.heaptap"});
  const Outcome printed = heaptap(options);
  EXPECT_EQ(printed.status, 0) << printed.err;
  return json::parse(printed.out, nullptr, false);
}

std::vector<std::string> leaksIn(const json& report) {
  std::vector<std::string> leaks;
  const json& table = report["leakGroups"];
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < table["kind"].size(); ++i) {
    bytes += table["bytes"][i].get<std::uint64_t>();
    if (isLeak(table["kind"][i]))
      leaks.push_back(spoken(table["function"][i]) + " " + table["blocks"][i].dump());
  }
  EXPECT_EQ(report["summary"]["leakedBytes"], bytes) << "to the byte";
  return leaks;
}

std::vector<std::string> stackOfLeak(const json& report, std::string_view function, std::string_view file) {
  const json& groups = report["leakGroups"];
  for (std::size_t i = 0; i < groups["kind"].size(); ++i) {
    if (!isLeak(groups["kind"][i]) || spoken(groups["function"][i]) != function) continue;
    std::vector<std::string> stack;
    const json& stacks = report["stacks"];
    const json& frames = report["frames"];
    for (json at = groups["stack"][i]; !at.is_null(); at = stacks["caller"][at.get<std::size_t>()]) {
      const auto frame = stacks["frame"][at.get<std::size_t>()].get<std::size_t>();
      if (frames["file"][frame] != file) continue;
      stack.push_back(spoken(frames["function"][frame]) + " " + frames["line"][frame].dump() +
                      (frames["inlined"][frame] == true ? " inlined" : ""));
      if (stack.back().find("main ") != std::string::npos) break;
    }
    return stack;
  }
  return {};
}

}  // namespace heaptap::test
