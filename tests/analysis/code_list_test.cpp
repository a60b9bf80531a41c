// SPDX-License-Identifier: Apache-2.0
#include "analysis/code_list.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "analysis/own_code.h"

namespace heaptap::analysis {
namespace {

/// A list that is in use as long as this lives.
class Using {
 public:
  explicit Using(const std::string& text) {
    auto list = CodeList::parse("own-code", text);
    EXPECT_TRUE(list) << list.error().line();
    if (list) useCodeList(std::make_shared<const CodeList>(std::move(*list)));
  }
  ~Using() { useCodeList(nullptr); }
};

std::string problemOf(const std::string& text) {
  const auto list = CodeList::parse("own-code", text);
  return list ? std::string() : list.error().line();
}

TEST(ListOfOwnCode, TakesFunctionsAndModulesFromTheProgram) {
  const Using list("# pools\n  runtime-function:arena_*  \r\n\nruntime-module:libpool.so*\n");
  EXPECT_EQ(ownerOf("arena_get", "/usr/bin/app", ""), CodeOwner::Listed);
  EXPECT_EQ(ownerOf("my_arena_get", "/usr/bin/app", ""), CodeOwner::Program);
  EXPECT_EQ(ownerOf("grow", "/opt/lib/libpool.so.3", ""), CodeOwner::Listed);
  EXPECT_EQ(ownerOf("", "/opt/lib/libpool.so.3", ""), CodeOwner::Listed);
  EXPECT_EQ(ownerOf("grow", "/opt/libpool.so.d/app", ""), CodeOwner::Program);
  EXPECT_EQ(ownerOf("malloc", "/lib/libc.so.6", ""), CodeOwner::CLibrary) << "what is known stays";
}

TEST(ListOfOwnCode, KnowsAFunctionWithItsParametersAndWithout) {
  const Using list("runtime-function:pool::get\nruntime-function:pool::put(int)\n");
  EXPECT_EQ(ownerOf("pool::get(unsigned long)", "/usr/bin/app", ""), CodeOwner::Listed);
  EXPECT_EQ(ownerOf("pool::put(int)", "/usr/bin/app", ""), CodeOwner::Listed);
  EXPECT_EQ(ownerOf("pool::put(char)", "/usr/bin/app", ""), CodeOwner::Program);
}

TEST(ListOfOwnCode, GivesTheProgramWhatIsTakenForARuntime) {
  const Using list("own-module:libmimalloc-mine*\nown-function:std::mine::*\nown-function:main\n");
  EXPECT_EQ(ownerOf("grow", "/lib/libmimalloc-mine.so", ""), CodeOwner::Program);
  EXPECT_EQ(ownerOf("std::mine::Tree::insert(int)", "/usr/bin/app", ""), CodeOwner::Program);
  EXPECT_EQ(ownerOf("std::vector<int>::push_back(int)", "/usr/bin/app", ""), CodeOwner::CppRuntime);
}

TEST(ListOfOwnCode, LetsTheLastLineDecide) {
  const Using list("runtime-module:libgame.so\nown-function:game::*\nruntime-function:game::pool_*\n");
  EXPECT_EQ(ownerOf("engine::tick()", "/lib/libgame.so", ""), CodeOwner::Listed);
  EXPECT_EQ(ownerOf("game::tick()", "/lib/libgame.so", ""), CodeOwner::Program);
  EXPECT_EQ(ownerOf("game::pool_get()", "/lib/libgame.so", ""), CodeOwner::Listed);
}

TEST(ListOfOwnCode, LeavesWhatStartsProgramsAlone) {
  const Using list("own-function:*\n");
  EXPECT_EQ(ownerOf("__libc_start_call_main", "/lib/libc.so.6", ""), CodeOwner::Start);
}

TEST(ListOfOwnCode, SaysInALineWhatItCannotRead) {
  EXPECT_EQ(
      problemOf("# fine\nruntime:arena\n"),
      "own-code:2: no line of a list of code; write runtime-function:, runtime-module:, own-function: or "
      "own-module: and a pattern");
  EXPECT_EQ(problemOf("runtime-function:   \n"),
            "own-code:1: the pattern is empty; name a function or module; * is any text");
  EXPECT_NE(problemOf(std::string("\0\xff\xfe", 3)), "");
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += "own-function:f\n";
  EXPECT_EQ(problemOf(many), "own-code:10001: more than 10,000 lines; use patterns with *");
  EXPECT_EQ(problemOf(""), "");
}

TEST(ListOfOwnCode, IsWrittenForNamesOfAnyKind) {
  const std::string name = "operator*(Matrix const&,\nMatrix const&)";
  const std::string line = writtenLine({.isOwn = false, .of = CodeList::Of::Function, .name = name});
  EXPECT_EQ(line, "runtime-function:operator*(Matrix const&,*Matrix const&)\n");
  const Using list(line);
  EXPECT_EQ(ownerOf(name, "/usr/bin/app", ""), CodeOwner::Listed);
  EXPECT_EQ(writtenLine({.isOwn = true, .of = CodeList::Of::Module, .name = "lib a.so"}),
            "own-module:lib a.so\n");
  const std::string huge(1'000'000, 'x');
  EXPECT_LT(writtenLine({.isOwn = false, .of = CodeList::Of::Function, .name = huge}).size(), 5'000U);
}

}  // namespace
}  // namespace heaptap::analysis
