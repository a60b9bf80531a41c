// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <heaptap/leak_check.h>

namespace heaptap {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(LeakPlaces, AreReadWithTheirStacks) {
  const auto places = leakPlaces(
      "300 3\nparse(int)\t/src/a b.cpp\t12\t/bin/app\n\t\t\t/lib/libx.so\n\n16 1\nmain\t\t\t/bin/app\n\n");
  ASSERT_THAT(places, SizeIs(2));
  EXPECT_EQ(places[0].bytes, 300U);
  EXPECT_EQ(places[0].blocks, 3U);
  ASSERT_THAT(places[0].stack, SizeIs(2));
  EXPECT_EQ(places[0].stack[0].function, "parse(int)");
  EXPECT_EQ(places[0].stack[0].file, "/src/a b.cpp");
  EXPECT_EQ(places[0].stack[0].line, "12");
  EXPECT_EQ(places[0].stack[1].function, "");
  EXPECT_EQ(places[0].stack[1].module, "/lib/libx.so");
  EXPECT_EQ(places[1].bytes, 16U);
  EXPECT_THAT(leakPlaces(""), IsEmpty());
}

TEST(KnownLeaks, AreFoundByPatterns) {
  const std::pair<const char*, const char*> found[]{{"parse", "app::parse(int)"},
                                                    {"^app", "app::parse(int)"},
                                                    {"(int)$", "app::parse(int)"},
                                                    {"a*p*s", "app::parse(int)"},
                                                    {"^app*int)$", "app::parse(int)"},
                                                    {"*", "x"},
                                                    {"^x$", "x"},
                                                    {"*parse*", "parse"},
                                                    {"ab*ab", "abab"},
                                                    {"ba$", "aba ba"}};
  for (const auto& [pattern, name] : found) EXPECT_TRUE(KnownLeaks::matches(pattern, name)) << pattern;
  const std::pair<const char*, const char*> missed[]{{"parser", "app::parse(int)"},
                                                     {"^parse", "app::parse(int)"},
                                                     {"parse$", "app::parse(int)"},
                                                     {"^x$", "xx"},
                                                     {"ab*ab", "aba"},
                                                     {"^ab*ab$", "aba"},
                                                     {"x", ""}};
  for (const auto& [pattern, name] : missed) EXPECT_FALSE(KnownLeaks::matches(pattern, name)) << pattern;
}

TEST(KnownLeaks, AreReadLineByLine) {
  KnownLeaks known;
  known.add("# a remark\n\nrace:parse\n  leak:keep*  \r\nleak:\n");
  EXPECT_TRUE(
      known.has({.bytes = 1, .blocks = 1, .stack = {{"main", "", "", ""}, {"keepAll()", "", "", ""}}}));
  EXPECT_FALSE(known.has({.bytes = 1, .blocks = 1, .stack = {{"parse", "", "", ""}}}));
}

TEST(KnownLeaks, SayWhichLineIsNone) {
  const auto faultOf = [](const std::string& text) {
    KnownLeaks known;
    known.add(text, "known.supp");
    return known.fault();
  };
  EXPECT_EQ(faultOf("\xEF\xBB\xBFleak:a\r\n \t\r\n# lek:b\n\tleak: c\n"), "");
  EXPECT_EQ(faultOf(""), "");
  EXPECT_EQ(faultOf("leak:a\nlek:b\nlek:c\n"),
            "known.supp:2: expected leak:PATTERN, found 'lek:b', which suppresses nothing here");
  for (const char* const wrong : {"leak:", "leak: \t", "{", "leak", "Leak:a"})
    EXPECT_NE(faultOf(wrong), "") << wrong;
  const std::string strange = faultOf("\x1b[31m\x01" + std::string(39, 'x') + "ä\n");
  EXPECT_EQ(strange.find('\x1b'), std::string::npos);
  EXPECT_EQ(strange.find("\xC3"), std::string::npos) << "no half of a letter";
  EXPECT_LT(faultOf(std::string(3 << 20, 'x')).size(), 200U);
}

TEST(LeakCheck, KnowsNothingWithoutHeaptap) {
  LeakCheck check;
  check.begin();
  EXPECT_EQ(check.end(), "");
  EXPECT_EQ(check.obstacle(), "");
}

}  // namespace
}  // namespace heaptap
