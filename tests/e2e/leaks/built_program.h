// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

/// Programs that a test builds itself, and what reports say of their leaks.
namespace heaptap::test {

inline bool isInstalled(const std::string& program) {
  return runProcess({.argv = {"sh", "-c", "command -v " + program}}).status == 0;
}

/// A folder with a program that was built in it.
class Built {
 public:
  Built(const std::string& source, const std::vector<std::string>& command,
        const std::string& extension = "cpp") {
    folder.write("program." + extension, source);
    std::vector<std::string> argv = command;
    // A call at the end of a function leaves no frame of it.
    if (extension == "cpp") argv.push_back("-fno-optimize-sibling-calls");
    argv.insert(argv.end(), {"-o", "program", (folder / ("program." + extension)).string()});
    const Outcome built = runProcess({.argv = argv, .folder = folder.path()});
    EXPECT_EQ(built.status, 0) << built.err;
    const Outcome ran = heaptap({"run", "-q", "-o", "s.heaptap", "--", "./program"});
    EXPECT_EQ(ran.status, 0) << ran.err;
  }
  [[nodiscard]] Outcome heaptap(std::vector<std::string> words) const {
    words.insert(words.begin(), HEAPTAP_COMMAND);
    return runProcess({.argv = words, .folder = folder.path()});
  }
  nlohmann::json report(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {"report", "--json", "s.heaptap"});
    const Outcome printed = heaptap(options);
    EXPECT_EQ(printed.status, 0) << printed.err;
    return nlohmann::json::parse(printed.out, nullptr, false);
  }
  TemporaryFolder folder;
};

/// Groups as `kind function blocks`, without what is kept.
inline std::vector<std::string> groupsOf(const nlohmann::json& report) {
  std::vector<std::string> groups;
  const nlohmann::json& table = report["leakGroups"];
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < table["kind"].size(); ++i) {
    bytes += table["bytes"][i].get<std::uint64_t>();
    if (table["kind"][i] == "kept" || table["kind"][i] == "suppressed") continue;
    std::string function = table["function"][i].is_null() ? "?" : table["function"][i].get<std::string>();
    function = function.substr(0, function.find('('));
    groups.push_back(function + " " + table["blocks"][i].dump());
  }
  EXPECT_EQ(report["summary"]["leakedBytes"], bytes) << "to the byte";
  return groups;
}

}  // namespace heaptap::test
