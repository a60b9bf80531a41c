// SPDX-License-Identifier: Apache-2.0
//
// On a library with a C++ runtime of its own inside (tests/e2e/targets/own_operators_library.cpp): with its
// symbols and without, the code is the same.
#include "agent/symbols/operator_calls.h"

#include <gmock/gmock.h>

#include <regex>
#include <sstream>

#include "tests/agent/symbols/fixture.h"

namespace heaptap::symbols::test {
namespace {

using Kind = CalledAllocator::Kind;
using What = CalledAllocator::What;
using testing::SizeIs;

const std::string kNamed = std::string(HEAPTAP_RECORDED_PROGRAMS) + "/libown_operators_named.so";
const std::string kStripped = std::string(HEAPTAP_RECORDED_PROGRAMS) + "/libown_operators_stripped.so";

/// Where the calls in `function` return to whose target has `callee` in its name; all calls, if that is
/// empty.
std::vector<std::uint64_t> returnsIn(const std::string& function, const std::string& callee) {
  static const std::string listing = outputOf("objdump -d --no-show-raw-insn " + kNamed);
  static const std::regex instruction(R"(^ *([0-9a-f]+):\s+(.*)$)");
  std::vector<std::uint64_t> returns;
  std::istringstream lines(listing);
  bool isWithin = false;
  bool isBehind = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with(">:")) isWithin = line.find('<' + function + ">:") != std::string::npos;
    std::smatch parts;
    if (!isWithin || !std::regex_match(line, parts, instruction)) continue;
    if (isBehind) returns.push_back(std::stoull(parts[1], nullptr, 16));
    const std::string what = parts[2];
    isBehind = what.starts_with("call") && what.find(callee) != std::string::npos;
  }
  return returns;
}

class OperatorCallsTest : public testing::Test {
 protected:
  OperatorCallsTest()
      : m_named(m_resolver.addModule({.path = kNamed, .displayPath = kNamed, .buildId = {}})),
        m_stripped(m_resolver.addModule({.path = kStripped, .displayPath = kStripped, .buildId = {}})) {}

  void expectBoth(std::uint64_t address, const CalledAllocator& named, const CalledAllocator& stripped) {
    EXPECT_EQ(m_resolver.calledBefore(m_named, address).what, named.what);
    EXPECT_EQ(m_resolver.calledBefore(m_named, address).kind, named.kind);
    EXPECT_EQ(m_resolver.calledBefore(m_stripped, address).what, stripped.what);
    EXPECT_EQ(m_resolver.calledBefore(m_stripped, address).kind, stripped.kind);
  }

  Resolver m_resolver;
  Resolver::ModuleHandle m_named;
  Resolver::ModuleHandle m_stripped;
};

TEST_F(OperatorCallsTest, AnOperatorThatEndsInAJumpIsFoundByTheCall) {
  const auto returns = returnsIn("dropTwo", "_ZdlPv");
  ASSERT_FALSE(returns.empty());
  for (const std::uint64_t address : returns)
    expectBoth(address, {.what = What::Operator, .kind = Kind::Single}, {.what = What::Operator});
}

TEST_F(OperatorCallsTest, AnOperatorWithACallIsFoundAroundIt) {
  const auto returns = returnsIn("_Znwm", "malloc");
  ASSERT_THAT(returns, SizeIs(1));
  expectBoth(returns[0], {.what = What::Operator}, {.what = What::Operator});
}

TEST_F(OperatorCallsTest, AFreeOfTheProgramIsOne) {
  const auto returns = returnsIn("freeInLibrary", "free");
  ASSERT_THAT(returns, SizeIs(1));
  expectBoth(returns[0], {.what = What::Itself}, {.what = What::Itself});
}

TEST_F(OperatorCallsTest, OfACallByPointerNothingIsKnown) {
  const auto returns = returnsIn("dropTwoVirtual", "*");
  ASSERT_FALSE(returns.empty());
  expectBoth(returns[0], {}, {});
}

TEST_F(OperatorCallsTest, ExportedFunctionsAreFollowedToTheirEnd) {
  EXPECT_EQ(m_resolver.calledByName(m_named, "dropArray"),
            (CalledAllocator{.what = What::Operator, .kind = Kind::Array}));
  EXPECT_EQ(m_resolver.calledByName(m_stripped, "dropPlain")->what, What::Operator);
  EXPECT_EQ(m_resolver.calledByName(m_stripped, "makeOfMalloc")->what, What::Itself);
  EXPECT_EQ(m_resolver.calledByName(m_stripped, "makeOfMalloc")->function, "malloc");
  EXPECT_EQ(m_resolver.calledByName(m_named, "noSuchFunction"), std::nullopt);
}

TEST_F(OperatorCallsTest, BinariesThatTakeTheProgramsOperatorsHaveNone) {
  EXPECT_TRUE(m_resolver.hasOwnOperators(m_named));
  EXPECT_TRUE(m_resolver.hasOwnOperators(m_stripped));
  for (const char* const name : {"shop_dwarf5", "shop.stripped", "plain_dwarf5"}) {
    const std::string path = fixture(name);
    EXPECT_FALSE(
        m_resolver.hasOwnOperators(m_resolver.addModule({.path = path, .displayPath = path, .buildId = {}})))
        << name;
  }
}

}  // namespace
}  // namespace heaptap::symbols::test
