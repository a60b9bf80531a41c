// SPDX-License-Identifier: Apache-2.0
#include "analysis/suppressions/suppressions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "analysis/leaks/leak_analysis.h"
#include "analysis/suppressions/mangled_pattern.h"
#include "analysis/suppressions/suppression_writer.h"
#include "tests/client/profile_builder.h"

namespace heaptap::analysis {
namespace {

using testing::ElementsAre;

TEST(TextPatternTest, AGlobIsTheWholeName) {
  EXPECT_TRUE(TextPattern::glob("main").matches("main"));
  EXPECT_FALSE(TextPattern::glob("main").matches("main2"));
  EXPECT_TRUE(TextPattern::glob("*libfoo*").matches("/usr/lib/libfoo.so.1"));
  EXPECT_TRUE(TextPattern::glob("a?c*e").matches("abcde"));
  EXPECT_FALSE(TextPattern::glob("a?c").matches("ac"));
  EXPECT_TRUE(TextPattern::glob("*").matches(""));
  EXPECT_FALSE(TextPattern::glob("?").matches(""));
  EXPECT_FALSE(TextPattern::glob("").matches("a"));
}

TEST(TextPatternTest, APartIsAnywhereUnlessItSaysWhere) {
  EXPECT_TRUE(TextPattern::part("foo").matches("app::foo(int)"));
  EXPECT_FALSE(TextPattern::part("^foo").matches("app::foo(int)"));
  EXPECT_TRUE(TextPattern::part("^app::foo").matches("app::foo(int)"));
  EXPECT_TRUE(TextPattern::part("(int)$").matches("app::foo(int)"));
  EXPECT_FALSE(TextPattern::part("foo$").matches("app::foo(int)"));
  EXPECT_TRUE(TextPattern::part("^main$").matches("main"));
  EXPECT_TRUE(TextPattern::part("a*c").matches("xabbcx"));
  EXPECT_TRUE(TextPattern::part("operator?").matches("operator?x"));
  EXPECT_FALSE(TextPattern::part("operator?").matches("operators"));
  EXPECT_FALSE(TextPattern::part("foo").matches(""));
}

TEST(MangledPatternTest, SaysTheNamesThatAreInIt) {
  EXPECT_EQ(demangledGlobs("_ZN3app4readEi").front(), "app::read");
  EXPECT_EQ(demangledGlobs("_ZNK3app6Parser4nextEv").front(), "app::Parser::next");
  EXPECT_EQ(demangledGlobs("_Z4readi").front(), "read");
  EXPECT_EQ(demangledGlobs("_ZN3app6ParserC1Ev").front(), "app::Parser::Parser");
  EXPECT_EQ(demangledGlobs("_ZN3app6ParserD2Ev").front(), "app::Parser::~Parser");
  EXPECT_THAT(demangledGlobs("_ZN3app*"), ElementsAre("app*"));
  EXPECT_THAT(demangledGlobs("_ZN3app4re*"), ElementsAre("app::re*"));
  EXPECT_THAT(demangledGlobs("_ZN*QFont*"), ElementsAre("*QFont*"));
  EXPECT_EQ(demangledGlobs("_ZN*3app4readE*").front(), "app::read");
  EXPECT_THAT(demangledGlobs("_ZSt4copyIPiS0_ET0_T_S2_S1_"),
              ElementsAre("std::copy*", "*::std::copy*", "* std::copy*"));
  EXPECT_THAT(demangledGlobs("_ZN12_GLOBAL__N_14poolC1Ev"),
              testing::Contains("(anonymous namespace)::pool::pool(*"));
  EXPECT_THAT(demangledGlobs("_Znwm"), ElementsAre());
  EXPECT_THAT(demangledGlobs("malloc"), ElementsAre());
  EXPECT_EQ(mangledGlob("app::read(int)"), "_ZN*3app4readE*");
  EXPECT_EQ(mangledGlob("read(int)"), "_Z*4read*");
  EXPECT_EQ(demangledGlobs("_Z*4read*").front(), "read");
  EXPECT_EQ(mangledLambdaGlob("main", false), "_Z*main*Ul*E*clE*");
  EXPECT_THAT(demangledGlobs("_Z*main*Ul*E*clE*"), ElementsAre("*main*{lambda(*}::operator()*"));
  EXPECT_THAT(demangledGlobs("_Z*main*$_*clE*"), ElementsAre("*main*$_*::operator()*"));
  EXPECT_EQ(mangledGlob("main"), "");
  EXPECT_EQ(mangledGlob("app::Parser::Parser()"), "");
}

std::string suppressionErrorOf(std::string_view text) {
  const auto parsed = parseSuppressions("a.supp", text);
  return parsed ? "none" : parsed.error().line();
}

TEST(SuppressionParserTest, BothFormatsMayStandInOneFile) {
  const auto parsed =
      parseSuppressions("a.supp",
                        "\xEF\xBB\xBF# comment\r\n\n  leak:libfoo  \r\n{\n  mine\n  Memcheck:Leak\n"
                        "  match-leak-kinds: definite\n  fun:malloc\n  ...\n  obj:*libbar*\n"
                        "  src:a.c:12\n}\n{\nother\nMemcheck:Param\nwrite(buf)\nfun:x\n}\n");
  ASSERT_TRUE(parsed) << parsed.error().line();
  ASSERT_EQ(parsed->suppressions.size(), 2U);
  EXPECT_EQ(parsed->suppressions[0].name, "leak:libfoo");
  EXPECT_EQ(parsed->suppressions[0].line, 3U);
  EXPECT_EQ(parsed->suppressions[1].name, "mine");
  EXPECT_EQ(parsed->suppressions[1].line, 4U);
  ASSERT_EQ(parsed->suppressions[1].frames.size(), 4U);
  EXPECT_EQ(parsed->suppressions[1].frames[3].line, 12U);
  EXPECT_EQ(parsed->foreign, 1U);
}

TEST(SuppressionParserTest, ErrorsNameLineAndColumn) {
  EXPECT_EQ(suppressionErrorOf("leak:a\n  lek:b\n"),
            "a.supp:2:3: expected leak:PATTERN or {, found 'lek:b'; docs/reports.md shows both formats");
  EXPECT_EQ(suppressionErrorOf("leak:"), "a.supp:1:6: a pattern is missing behind leak:");
  EXPECT_EQ(suppressionErrorOf("{\n"), "a.supp:1:1: the suppression has no name");
  EXPECT_EQ(suppressionErrorOf("{\n a\n}\n"),
            "a.supp:3:1: the suppression does not say what it is about; write Memcheck:Leak");
  EXPECT_EQ(suppressionErrorOf("{\n a\n Memcheck\n"),
            "a.supp:3:2: expected TOOL:KIND such as Memcheck:Leak, found 'Memcheck'");
  EXPECT_EQ(suppressionErrorOf("{\n a\n Memcheck:Leak\n fun:x\n"),
            "a.supp:4:2: the suppression 'a' does not end; add a line }");
  EXPECT_EQ(suppressionErrorOf("{\n a\n Memcheck:Leak\n fun:x\n foo:y\n}\n"),
            "a.supp:5:2: expected fun:, obj:, src: or ..., found 'foo:y'");
  EXPECT_EQ(suppressionErrorOf("{\n a\n Memcheck:Leak\n fun:\n}\n"),
            "a.supp:4:6: a pattern is missing behind fun:");
  EXPECT_EQ(suppressionErrorOf("{\n a\n Memcheck:Leak\n}\n"),
            "a.supp:4:1: the suppression 'a' has no lines of a stack");
  EXPECT_EQ(suppressionErrorOf("{\n a\n Memcheck:Leak\n src:a.c:99999999999\n}\n"),
            "a.supp:4:10: the line number is too large");
}

TEST(SuppressionParserTest, WhatIsWrongLeavesNothingBehind) {
  Suppressions suppressions(Suppressions::BuiltIn::Leave);
  EXPECT_FALSE(suppressions.add("a.supp", "leak:a\nnonsense\n"));
  EXPECT_TRUE(suppressions.all().empty());
}

TEST(SuppressionParserTest, AnyBytesAreReadOrRefused) {
  std::mt19937 random(4711);
  const std::string pieces[] = {"leak:",
                                "{",
                                "}",
                                "\n",
                                "fun:",
                                "obj:",
                                "src:",
                                "...",
                                "Memcheck:Leak",
                                "*",
                                "?",
                                "_ZN",
                                "4711",
                                std::string(1, 0),
                                "\xFF",
                                ":",
                                " ",
                                "#"};
  std::size_t read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto i = random() % 24; i > 0; --i) text += pieces[random() % std::size(pieces)];
    const auto parsed = parseSuppressions("a.supp", text);
    read += parsed.has_value();
    if (!parsed) {
      EXPECT_EQ(parsed.error().code, Code::Usage);
      EXPECT_TRUE(parsed.error().where.starts_with("a.supp:")) << text;
    }
  }
  EXPECT_GT(read, 100U);
}

TEST(BuiltInSuppressionsTest, EachHasAStackThatSaysSomething) {
  for (const Suppression& each : builtInSuppressions()) {
    ASSERT_FALSE(each.frames.empty()) << each.name;
    std::size_t literals = 0;
    for (const FrameRule& frame : each.frames)
      for (const TextPattern& pattern : frame.patterns) literals = std::max(literals, pattern.literals());
    EXPECT_GT(literals, 3U) << each.name;
  }
}

/// A program of two modules: itself, and what it loads.
class SuppressedLeaksTest : public testing::Test {
 protected:
  SuppressedLeaksTest() { builder.summary().set_executable("/usr/bin/program"); }

  void leak(std::uint64_t bytes, const std::vector<model::FrameId>& frames,
            v1::Origin origin = v1::ORIGIN_MALLOC, std::uint64_t blocks = 1) {
    builder.count({.size = bytes,
                   .stack = builder.stackOf(frames),
                   .allocations = blocks,
                   .live = blocks,
                   .origin = origin});
  }
  void leakIn(std::uint64_t bytes, const std::vector<std::string>& functions,
              v1::Origin origin = v1::ORIGIN_MALLOC, std::uint64_t blocks = 1) {
    builder.count({.size = bytes,
                   .stack = builder.stack(functions),
                   .allocations = blocks,
                   .live = blocks,
                   .origin = origin});
  }
  model::FrameId in(std::uint32_t module, const std::string& function = {}, const std::string& file = {},
                    std::uint32_t line = 0) {
    return function.empty() ? builder.place({}, 0, module)
                            : builder.place({{.function = function, .file = file, .line = line}}, 0, module);
  }
  /// Groups as `kind name bytes`, with suppressions of the user's.
  std::vector<std::string> groups(const std::string& text = {},
                                  Suppressions::BuiltIn builtIn = Suppressions::BuiltIn::Use) {
    Suppressions suppressions(builtIn);
    const auto added = suppressions.add("my.supp", text);
    EXPECT_TRUE(added) << added.error().line();
    const client::SiteTable table(builder.profile());
    const LeakReport report = leakReport(table, {.suppressions = &suppressions, .builtIn = builtIn});
    std::vector<std::string> groups;
    std::uint64_t bytes = 0;
    for (const LeakGroup& group : report.groups) {
      groups.push_back(std::string(wordFor(group.kind)) + " " +
                       (group.name.empty() ? std::string(group.place.function) : group.name) + " " +
                       std::to_string(group.bytes));
      bytes += group.bytes;
    }
    EXPECT_EQ(bytes, report.total().bytes);
    unused.clear();
    for (const UnusedSuppression& each : report.unused)
      unused.push_back(each.source + ":" + std::to_string(each.line) + " " + each.name);
    return groups;
  }
  client::ProfileBuilder builder;
  std::vector<std::string> unused;
};

TEST_F(SuppressedLeaksTest, LibstdcxxsPoolIsNamedAndNoLeak) {
  const auto library = builder.module("/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30");
  const auto loader = builder.module("/usr/lib64/ld-linux-x86-64.so.2");
  leak(72704, {in(library), in(loader, "call_init"), in(loader, "_dl_init"), in(loader)});
  EXPECT_THAT(groups(), ElementsAre("kept libstdc++: emergency pool for exceptions 72704"));
  EXPECT_THAT(groups("", Suppressions::BuiltIn::Leave), ElementsAre(testing::HasSubstr("once")));
}

TEST_F(SuppressedLeaksTest, WhatALibraryAllocatesForTheProgramStaysALeak) {
  const auto libc = builder.module("/usr/lib/x86_64-linux-gnu/libc.so.6");
  leak(100, {in(libc, "strdup"), builder.frame("remember"), builder.frame("main")});
  leak(50, {builder.frame("comparing"), in(libc, "localtime"), builder.frame("main")});
  leak(20, {in(libc), in(libc, "localtime"), builder.frame("main")});
  EXPECT_THAT(groups(), ElementsAre("once remember 100", "once comparing 50", "kept libc: time zones 20"));
}

TEST_F(SuppressedLeaksTest, BuffersOfMoreThanTheStandardStreamsAreLeaks) {
  const auto libc = builder.module("/usr/lib/x86_64-linux-gnu/libc.so.6");
  const auto buffer = in(libc, "_IO_file_doallocate");
  leak(1024, {buffer, in(libc, "puts"), builder.frame("main")}, v1::ORIGIN_MALLOC, 1);
  EXPECT_THAT(groups(), ElementsAre("kept libc: buffers of standard streams 1024"));
  leak(4096, {buffer, in(libc, "fgets"), builder.frame("readAll"), builder.frame("main")}, v1::ORIGIN_MALLOC,
       50);
  EXPECT_THAT(groups(), ElementsAre("once readAll 204800", "once main 1024"));
}

TEST_F(SuppressedLeaksTest, LeakSanitizersPatternsAreOfFunctionsFilesAndModules) {
  const auto plugin = builder.module("/opt/lib/libplugin.so");
  leak(1, {in(plugin, "make"), builder.frame("main")});
  leak(2, {in(1, "parse", "/src/json/parser.cpp", 7), builder.frame("main")});
  leak(3, {builder.frame("app::Cache::fill(int)"), builder.frame("main")});
  leak(4, {builder.frame("other"), builder.frame("main")});
  EXPECT_THAT(groups("leak:libplugin\nleak:json/parser.cpp\nleak:^app::*fill\nleak:nothing\n"),
              ElementsAre("once other 4", "suppressed leak:^app::*fill 3",
                          "suppressed leak:json/parser.cpp 2", "suppressed leak:libplugin 1"));
  EXPECT_THAT(unused, ElementsAre("my.supp:4 leak:nothing"));
}

TEST_F(SuppressedLeaksTest, ValgrindsBeginAtTheEntryPoint) {
  leakIn(1, {"app::read(int)", "main"}, v1::ORIGIN_OPERATOR_NEW);
  leakIn(2, {"other", "main"});
  const std::string end = "\n}\n";
  const auto valgrind = [&](const std::string& frames) { return "{\n x\n Memcheck:Leak\n" + frames + end; };
  const auto none = ElementsAre("once other 2", "once app::read(int) 1");
  const auto first = ElementsAre("once other 2", "suppressed x 1");
  EXPECT_THAT(groups(valgrind("fun:_Znwm\nfun:_ZN3app4readEi")), first);
  EXPECT_THAT(groups(valgrind("fun:operator new\nfun:app::read*")), first);
  EXPECT_THAT(groups(valgrind("...\nfun:app::read*\nfun:main")), first);
  EXPECT_THAT(groups(valgrind("fun:*\nfun:app::*")), first);
  EXPECT_THAT(groups(valgrind("fun:malloc\nfun:app::read*")), none);
  EXPECT_THAT(groups(valgrind("fun:app::read*")), none);
  EXPECT_THAT(groups(valgrind("fun:_Znwm\nfun:main")), none);
  EXPECT_THAT(groups(valgrind("fun:_Znwm\n...\nfun:main")), first);
  EXPECT_THAT(groups(valgrind("fun:*\n...\nfun:main")), ElementsAre("suppressed x 3"));
  EXPECT_THAT(groups(valgrind("...\nfun:main\nfun:app::read*")), none);
}

TEST_F(SuppressedLeaksTest, SourceLinesMayHaveANumber) {
  leak(1, {in(1, "a", "/src/x.c", 7), builder.frame("main")});
  leak(2, {in(1, "b", "/src/x.c", 8), builder.frame("main")});
  EXPECT_THAT(groups("{\n x\n Memcheck:Leak\n ...\n src:x.c:8\n}\n"),
              ElementsAre("once a 1", "suppressed x 2"));
  EXPECT_THAT(groups("{\n x\n Memcheck:Leak\n ...\n src:/src/x.c\n}\n"), ElementsAre("suppressed x 3"));
}

TEST_F(SuppressedLeaksTest, TheUsersComeBeforeBuiltInOnes) {
  const auto libc = builder.module("/lib/libc.so.6");
  leak(9, {in(libc, "setlocale"), builder.frame("main")});
  EXPECT_THAT(groups("leak:setlocale"), ElementsAre("suppressed leak:setlocale 9"));
}

TEST_F(SuppressedLeaksTest, SingletonsAreKeptOnPurpose) {
  leakIn(8, {"app::Registry::instance()", "main"});
  leakIn(16, {"_GLOBAL__sub_I_main.cpp", "call_init"});
  leakIn(24, {"app::instances()", "main"});
  leakIn(32, {"app::Pool::instance()", "main"}, v1::ORIGIN_MALLOC, 2);
  EXPECT_THAT(groups(), ElementsAre("once app::Pool::instance() 64", "once app::instances() 24",
                                    "kept made before main, for global variables 16",
                                    "kept made once, for the whole program 8"));
}

TEST_F(SuppressedLeaksTest, WhatIsWrittenSuppressesTheSameAndNothingElse) {
  const auto library = builder.module("/opt/libx*?.so");
  leakIn(1, {"app::read(int)", "main"});
  leakIn(2, {"app::readAll(int)", "main"});
  leakIn(4, {"parse", "main"});
  leakIn(8, {"std::vector<int>::push_back(int&&)", "app::fill<int>(int*)", "main"}, v1::ORIGIN_OPERATOR_NEW);
  leakIn(16, {"a\nb*c$", "main"});
  leak(32, {in(library), builder.frame("main")});
  const auto written = [&](SuppressionFormat format) {
    const client::SiteTable table(builder.profile());
    LeakReport report = leakReport(table);
    // Every second place.
    for (std::size_t i = report.groups.size(); i-- > 0;)
      if ((report.groups[i].bytes & 0b010110) != 0)
        report.groups.erase(report.groups.begin() + static_cast<std::ptrdiff_t>(i));
    return suppressionsFor(report, format);
  };
  const std::string valgrind = written(SuppressionFormat::Valgrind);
  EXPECT_THAT(valgrind,
              testing::HasSubstr("   Memcheck:Leak\n   fun:*\n   fun:_ZN*3app4readE*\n   fun:main\n}\n"));
  std::vector<std::string> left;
  for (const std::string& group : groups(valgrind))
    if (group.starts_with("once")) left.push_back(group);
  EXPECT_THAT(left, ElementsAre("once a\nb*c$ 16", "once parse 4", "once app::readAll(int) 2"));
  EXPECT_THAT(unused, ElementsAre());
  left.clear();
  for (const std::string& group : groups(written(SuppressionFormat::Lsan)))
    if (group.starts_with("once")) left.push_back(group);
  EXPECT_THAT(left, ElementsAre("once  32", "once a\nb*c$ 16", "once parse 4", "once app::readAll(int) 2"))
      << "a place without a name is not left to its whole module";
  EXPECT_THAT(unused, ElementsAre());
}

TEST_F(SuppressedLeaksTest, NamesOfAnyBytesAreWrittenSoThatTheyAreReadBack) {
  std::mt19937 random(4711);
  for (int i = 0; i < 300; ++i) {
    std::string name = "n";
    for (auto length = 1 + random() % 30; length > 0; --length) name += static_cast<char>(random() % 256);
    leakIn(1, {name, "main"});
  }
  leakIn(1, {std::string(1 << 20, 'x'), "main"});
  for (const auto format : {SuppressionFormat::Valgrind, SuppressionFormat::Lsan}) {
    const client::SiteTable table(builder.profile());
    const std::string text = suppressionsFor(leakReport(table), format);
    for (const std::string& group : groups(text)) EXPECT_TRUE(group.starts_with("suppressed ")) << group;
  }
}

TEST_F(SuppressedLeaksTest, DeepRecursionIsLookedAtInItsBounds) {
  std::vector<std::string> functions(40'000, "recurse");
  functions.push_back("main");
  leakIn(1, functions);
  EXPECT_THAT(
      groups("{\n x\n Memcheck:Leak\n ...\n fun:recurse\n ...\n fun:recurse\n ...\n fun:nowhere\n}\n"),
      ElementsAre("once recurse 1"));
  EXPECT_THAT(groups("leak:recurse"), ElementsAre("suppressed leak:recurse 1"));
}

}  // namespace
}  // namespace heaptap::analysis
