// SPDX-License-Identifier: Apache-2.0
#include "gui/models/filter/filter_words.h"

#include <gtest/gtest.h>

#include "gui/models/filter/name_filter.h"
#include "tests/gui/site_set.h"

namespace heaptap::gui {
namespace {

using Of = FilterTerm::Of;

FilterTerm termOf(const QString& words) {
  const auto read = readTerm(words);
  const auto* const problem = std::get_if<FilterProblem>(&read);
  EXPECT_EQ(problem, nullptr) << words.toStdString() << ": " << (problem ? problem->text.toStdString() : "");
  return problem ? FilterTerm{} : std::get<FilterTerm>(read);
}

bool isProblem(const QString& words) { return std::holds_alternative<FilterProblem>(readTerm(words)); }

TEST(FilterWords, WithoutAKindAreLookedForInAnyName) {
  EXPECT_EQ(termOf("parse"), FilterTerm{.text = "parse"});
  EXPECT_EQ(termOf("  operator new  "), FilterTerm{.text = "operator new"});
  EXPECT_EQ(termOf("-parse"), (FilterTerm{.isNot = true, .text = "parse"}));
  EXPECT_EQ(termOf("/^read/"), (FilterTerm{.text = "^read", .isRegex = true}));
  EXPECT_EQ(termOf("/usr/lib/libfoo.so"), FilterTerm{.text = "/usr/lib/libfoo.so"}) << "a path";
}

TEST(FilterWords, NamesThatBeginLikeAKindAreNames) {
  for (const char* name : {"file", "filesystem::path", "thread::spawn", "function<void ()>", "size_of",
                           "module_init", "size::value", "- x", "-"})
    EXPECT_EQ(termOf(name), FilterTerm{.text = name}) << name;
}

TEST(FilterWords, OfAKindAreLookedForThere) {
  EXPECT_EQ(termOf("function:parse"), (FilterTerm{.of = Of::Function, .text = "parse"}));
  EXPECT_EQ(termOf("FUNCTION: parse"), (FilterTerm{.of = Of::Function, .text = "parse"}));
  EXPECT_EQ(termOf("function=parse"), FilterTerm::function("parse"));
  EXPECT_EQ(termOf("-module:libfoo"), (FilterTerm{.of = Of::Module, .isNot = true, .text = "libfoo"}));
  EXPECT_EQ(termOf("file:/\\.rs$/"), (FilterTerm{.of = Of::File, .text = "\\.rs$", .isRegex = true}));
  EXPECT_EQ(termOf("thread:worker 3"), (FilterTerm{.of = Of::Thread, .text = "worker 3"}));
}

TEST(FilterWords, OfNumbersAreRanges) {
  constexpr quint64 kNoLimit = FilterTerm::kNoLimit;
  const auto range = [](const QString& words) {
    const FilterTerm term = termOf(words);
    return std::pair(term.least, term.most);
  };
  EXPECT_EQ(range("size>4K"), std::pair(quint64{4097}, kNoLimit));
  EXPECT_EQ(range("size >= 4K"), std::pair(quint64{4096}, kNoLimit));
  EXPECT_EQ(range("size<64"), std::pair(quint64{0}, quint64{63}));
  EXPECT_EQ(range("size<=64"), std::pair(quint64{0}, quint64{64}));
  EXPECT_EQ(range("size=24"), std::pair(quint64{24}, quint64{24}));
  EXPECT_EQ(range("size:24"), std::pair(quint64{24}, quint64{24}));
  EXPECT_EQ(range("size:1K-2K"), std::pair(quint64{1024}, quint64{2048}));
  EXPECT_EQ(range("size:-2K"), std::pair(quint64{0}, quint64{2048}));
  EXPECT_EQ(range("size:2K-"), std::pair(quint64{2048}, kNoLimit));
  EXPECT_EQ(range("lifetime<1ms"), std::pair(quint64{0}, quint64{999'999}));
  EXPECT_EQ(range("lifetime:1ms-1s"), std::pair(quint64{1'000'000}, quint64{1'000'000'000}));
  EXPECT_TRUE(termOf("-size>4K").isNot);
}

TEST(FilterWords, ThatMakeNoSenseAreToldSo) {
  for (const char* words : {"size:", "size>", "size:x", "size:4K-1K", "size:-", "size<0", "size>nan",
                            "size:-1--1", "lifetime>fast", "lifetime:1s-1ms", "size>99999999999999999999",
                            "function:", "thread:", "file:  ", "/(/", "module:/[/", ""})
    EXPECT_TRUE(isProblem(words)) << words;
}

TEST(FilterWords, OfATermAreReadAsThatTerm) {
  for (const char* words :
       {"parse", "-parse", "/^read/", "function:parse", "function=operator new[](unsigned long)",
        "-module:libfoo", "file:/\\.rs$/", "thread:main", "size:24", "size:1K-2K", "size:-3", "size:3G-",
        "lifetime:1500us-", "lifetime:-0ns", "-lifetime:10s-", "size:0",
        "lifetime:1ns-18446744073709551614ns"}) {
    const FilterTerm term = termOf(words);
    EXPECT_EQ(termOf(wordsFor(term)), term) << words << " became " << wordsFor(term).toStdString();
  }
}

TEST(FilterWords, ForPeopleSayWhatPasses) {
  const auto text = [](const char* words) { return termText(termOf(words)).toStdString(); };
  EXPECT_EQ(text("-module:libfoo"), "not module: libfoo");
  EXPECT_EQ(text("function=parse"), "function = parse");
  EXPECT_EQ(text("size>=4K"), "size ≥ 4 KiB");
  EXPECT_EQ(text("size<64"), "size ≤ 63 B");
  EXPECT_EQ(text("size:1K-1M"), "size 1 KiB – 1 MiB");
  EXPECT_EQ(text("-lifetime:1500us-"), "not lifetime ≥ 1500 us");
}

/// Which of two stacks, `parse;main` and `read;load;main`, pass.
QString passing(const QString& words) {
  const NameFilter filter(SiteFilter({termOf(words)}));
  QString passed;
  for (const char* stack : {"parse;main", "read;load;main"})
    passed += filter.passes({}, test::siteLines(stack)) ? '1' : '0';
  return passed;
}

TEST(NameFilter, LooksAtWhatATermIsAbout) {
  EXPECT_EQ(passing("parse"), "10");
  EXPECT_EQ(passing("PARSE"), "10");
  EXPECT_EQ(passing("-parse"), "01");
  EXPECT_EQ(passing("parse.cpp"), "10") << "a file";
  EXPECT_EQ(passing("function:parse.cpp"), "00");
  EXPECT_EQ(passing("file:parse"), "10");
  EXPECT_EQ(passing("module:program"), "11");
  EXPECT_EQ(passing("function:/^(parse|load)$/"), "11");
  EXPECT_EQ(passing("function:/^ars/"), "00");
  EXPECT_EQ(passing("function=rea"), "00");
  EXPECT_EQ(passing("function=read"), "01");
  EXPECT_EQ(passing("size>4K"), "11") << "no matter of names";
}

TEST(NameFilter, LetsPassWhatMeetsAllTerms) {
  const NameFilter filter(SiteFilter("main").with(termOf("-read")));
  EXPECT_TRUE(filter.passes({}, test::siteLines("parse;main")));
  EXPECT_FALSE(filter.passes({}, test::siteLines("read;main")));
}

TEST(FilterOfSites, TellsNamesFromNumbers) {
  const SiteFilter filter = SiteFilter("parse").with(termOf("size>4K")).with(termOf("thread:main"));
  EXPECT_EQ(filter.names(), SiteFilter("parse"));
  EXPECT_EQ(filter.counts().terms().size(), 2U);
  EXPECT_EQ(filter.with(termOf("parse")), filter) << "said twice";
  EXPECT_TRUE(filter.passesSize(4097));
  EXPECT_FALSE(filter.passesSize(4096));
}

}  // namespace
}  // namespace heaptap::gui
