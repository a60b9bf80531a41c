// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

using nlohmann::json;

bool names(const json& stack, std::string_view function, std::size_t depth = 3) {
  if (!stack.is_array()) return false;
  for (std::size_t i = 0; i < stack.size() && i < depth; ++i)
    if (stack[i].at("function").is_string() &&
        stack[i]["function"].get<std::string>().find(function) != std::string::npos)
      return true;
  return false;
}

/// The one finding whose free's stack passes through `function`.
json findingIn(const Report& report, std::string_view function) {
  json found;
  for (const auto& finding : report.report().at("findings")) {
    if (!names(finding.at("freeStack"), function)) continue;
    EXPECT_TRUE(found.is_null()) << "two findings in " << function;
    found = finding;
  }
  EXPECT_FALSE(found.is_null()) << "no finding in " << function << ":\n"
                                << report.report().at("findings").dump(1);
  return found;
}

class WrongUses : public testing::Test {
 protected:
  static const Recording& recording() {
    static const Recording recording({recordedProgram("wrong_uses")});
    return recording;
  }
  static json in(std::string_view function) { return findingIn(recording(), function); }
  static void expectLine(const json& stack, const char* mark) {
    ASSERT_FALSE(stack.empty());
    EXPECT_EQ(stack[0].at("line"), lineOf("wrong_uses", mark)) << stack.dump(1);
  }
};

TEST_F(WrongUses, DoNotStopTheProgram) {
  EXPECT_EQ(recording().outcome().status, 0) << recording().outcome().err;
  EXPECT_EQ(recording()["findings"], 8);
  EXPECT_EQ(recording()["wrongUses"], 8);
}

TEST_F(WrongUses, DoubleFreeHasItsStacks) {
  const json finding = in("freeTwice");
  EXPECT_EQ(finding.at("kind"), "doubleFree");
  EXPECT_EQ(finding.at("bytes"), 100);
  EXPECT_EQ(finding.at("count"), 1);
  expectLine(finding.at("freeStack"), "second free");
  EXPECT_TRUE(names(finding.at("allocationStack"), "allocateText"));
  EXPECT_TRUE(names(finding.at("allocationStack"), "freeTwice"));
}

TEST_F(WrongUses, UnknownPointersHaveTheStackOfTheFree) {
  for (const auto& [function, mark] :
       {std::pair{"freeWhatIsNoBlock", "no block"}, {"freeInTheMiddle", "in the middle"}}) {
    const json finding = in(function);
    EXPECT_EQ(finding.at("kind"), "unknownFree");
    EXPECT_TRUE(finding.at("bytes").is_null());
    EXPECT_TRUE(finding.at("allocationStack").is_null());
    expectLine(finding.at("freeStack"), mark);
  }
}

TEST_F(WrongUses, MismatchesHaveBothStacksAndEntryPoints) {
  struct Case {
    const char* function;
    const char* mark;
    const char* allocatedBy;
    const char* freedBy;
    int bytes;
  };
  for (const Case& c : {Case{"deleteAnArray", "delete", "operator new[]", "operator delete", 160},
                        Case{"freeAnObject", "free of new", "operator new", "free", 24},
                        Case{"deleteOfMalloc", "delete of malloc", "malloc", "operator delete", 48},
                        Case{"reallocAnObject", "realloc of new", "operator new", "realloc", 16}}) {
    const json finding = in(c.function);
    EXPECT_EQ(finding.at("kind"), "mismatchedFree") << c.function;
    EXPECT_EQ(finding.at("allocatedBy"), c.allocatedBy);
    EXPECT_EQ(finding.at("freedBy"), c.freedBy);
    EXPECT_EQ(finding.at("bytes"), c.bytes);
    expectLine(finding.at("freeStack"), c.mark);
    EXPECT_TRUE(names(finding.at("allocationStack"), c.function));
  }
}

TEST_F(WrongUses, SizedDeleteOfAnotherSizeSaysBothSizes) {
  const json finding = in("deleteAsLarger");
  EXPECT_EQ(finding.at("kind"), "wrongSize");
  EXPECT_EQ(finding.at("bytes"), 40);
  EXPECT_EQ(finding.at("declaredBytes"), 64);
  expectLine(finding.at("freeStack"), "wrong size");
}

TEST_F(WrongUses, AreInTheTextReport) {
  const std::string text =
      runProcess({.argv = {HEAPTAP_COMMAND, "report", recording().folder() / "recording.heaptap"}}).out;
  for (const char* words : {"FINDINGS", "double free", "free of what is no block",
                            "mismatched free: operator new[], then operator delete",
                            "wrong size: sized operator delete of 64 bytes", "freed by free at",
                            "allocated by malloc, 100 bytes, at"})
    EXPECT_NE(text.find(words), std::string::npos) << words << " is missing in\n" << text;
}

TEST(FreeStacks, SayWhereTheBlocksOfASiteAreFreed) {
  const Recording recording({recordedProgram("freed_elsewhere")}, {}, {}, {"--free-stacks"});
  EXPECT_EQ(recording.outcome().status, 0);
  recording.expectConservation();
  const json freedAt = recording.siteIn("makeBlock").at("freedAt");
  ASSERT_EQ(freedAt.size(), 3U) << freedAt.dump(1);
  const std::pair<const char*, int> expected[] = {
      {"freeOften", 30}, {"freeSometimes", 20}, {"growRarely", 10}};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(names(freedAt[i].at("stack"), expected[i].first)) << freedAt[i].dump(1);
    EXPECT_EQ(freedAt[i].at("frees"), expected[i].second);
  }
  const std::string text =
      runProcess({.argv = {HEAPTAP_COMMAND, "report", recording.folder() / "recording.heaptap"}}).out;
  EXPECT_NE(text.find("freed here 30 times"), std::string::npos) << text;
}

TEST(FreeStacks, AreAbsentUnlessAskedFor) {
  const Recording recording({recordedProgram("freed_elsewhere")});
  EXPECT_FALSE(recording.siteIn("makeBlock").contains("freedAt"));
}

TEST(FreeStacks, GiveADoubleFreeItsThirdStack) {
  const Recording recording({recordedProgram("wrong_uses")}, {}, {}, {"--free-stacks"});
  const json finding = findingIn(recording, "freeTwice");
  EXPECT_EQ(finding.at("kind"), "doubleFree");
  EXPECT_TRUE(names(finding.at("earlierFreeStack"), "forget")) << finding.dump(1);
}

TEST(Findings, AreNoneInRightPrograms) {
  for (const char* program : {"known_heap", "every_entry_point", "reallocations", "does_nothing"}) {
    const Recording recording({recordedProgram(program)});
    EXPECT_TRUE(recording.report().at("findings").empty()) << recording.report().at("findings").dump(1);
  }
}

}  // namespace
}  // namespace heaptap::test
