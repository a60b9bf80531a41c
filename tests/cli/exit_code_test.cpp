// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.h"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <string>
#include <tuple>

#include "tests/support/temporary_folder.h"

namespace heaptap::cli {
namespace {

TEST(ExitCode, ThePageShowsTheTable) {
  const std::string page = test::readFile(HEAPTAP_SOURCE_FOLDER "/docs/exit-codes.md");
  std::map<std::string, std::pair<int, int>> shown;
  const std::regex row(R"(\| `(\w+)` \| (\d+) \| (\d+) \|)");
  for (std::sregex_iterator match(page.begin(), page.end(), row), end; match != end; ++match)
    shown[(*match)[1]] = {std::stoi((*match)[2]), std::stoi((*match)[3])};
  std::map<std::string, std::pair<int, int>> table;
  for (const ExitCode& code : exitCodes()) table[std::string(code.name)] = {code.general, code.run};
  EXPECT_EQ(shown, table);
}

TEST(ExitCode, WaitStatusesBecomeThoseOfTheShell) {
  EXPECT_EQ(shellStatus(7 << 8), 7);
  EXPECT_EQ(shellStatus(11), 139);
  EXPECT_EQ(shellStatus(0), 0);
}

}  // namespace
}  // namespace heaptap::cli
