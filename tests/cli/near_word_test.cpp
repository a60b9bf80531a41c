// SPDX-License-Identifier: Apache-2.0
#include "cli/near_word.h"

#include <gtest/gtest.h>

namespace heaptap::cli {
namespace {

const std::vector<std::string> kCommands{"run",  "report", "check",   "ls",
                                         "diff", "export", "recover", "resume"};

TEST(NearWord, IsTheOneThatWasMeant) {
  const std::pair<const char*, const char*> slips[]{
      {"chek", "check"},    {"cehck", "check"}, {"reports", "report"}, {"rport", "report"},
      {"exprot", "export"}, {"rum", "run"},     {"recovr", "recover"}, {"check", "check"}};
  for (const auto& [word, meant] : slips) EXPECT_EQ(nearWord(word, kCommands), meant) << word;
}

TEST(NearWord, IsNoneWhereNothingOrSeveralAreNear) {
  for (const std::string& word :
       {std::string(), std::string("frobnicate"), std::string("x"), std::string("lsls"), std::string("ch"),
        std::string(1 << 20, 'c'), std::string("\xFF\0\n", 3)})
    EXPECT_EQ(nearWord(word, kCommands), "") << word.substr(0, 20);
  EXPECT_EQ(nearWord("rec", {"rea", "red"}), "");
  EXPECT_EQ(nearWord("check", {}), "");
}

}  // namespace
}  // namespace heaptap::cli
