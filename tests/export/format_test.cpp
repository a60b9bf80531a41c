// SPDX-License-Identifier: Apache-2.0
//
// What holds for each format: names, sums, names that are hostile to it.
#include "export/format.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "tests/client/profile_builder.h"
#include "tests/export/random_profile.h"
#include "tests/export/sums.h"
#include "tests/export/text_sink.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

using ::testing::HasSubstr;

std::string exported(const Format& format, const Subject& subject) {
  test::TextSink sink;
  format.write(subject, sink);
  return sink.text();
}

class EachFormat : public ::testing::TestWithParam<Format> {};

INSTANTIATE_TEST_SUITE_P(Formats, EachFormat, ::testing::ValuesIn(formats().begin(), formats().end()),
                         [](const auto& format) { return std::string(format.param.name); });

TEST_P(EachFormat, HasTheSumsOfTheSummary) {
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    Subject subject = test::randomSubject(seed);
    for (const CostWords& words : costs()) {
      subject.cost = words.cost;
      const auto sum = test::sumIn(GetParam().name, exported(GetParam(), subject), words.cost);
      if (sum) {
        EXPECT_EQ(*sum, test::sumInSummary(subject.summary(), words.cost)) << words.name;
      }
    }
  }
}

TEST_P(EachFormat, HasTheSumsOfAnotherHeap) {
  Subject subject = test::randomSubject(4);
  subject.heap = subject.summary().heaps(1);
  subject.isHeapChosen = true;
  if (GetParam().costUse != CostUse::One) return;
  for (const Cost cost : {Cost::Live, Cost::Peak, Cost::Bytes}) {
    subject.cost = cost;
    const auto sum = test::sumIn(GetParam().name, exported(GetParam(), subject), cost);
    if (!sum) continue;
    EXPECT_EQ(*sum, cost == Cost::Live   ? subject.heap.live_bytes()
                    : cost == Cost::Peak ? subject.heap.peak_bytes()
                                         : subject.heap.allocated_bytes());
  }
}

TEST_P(EachFormat, OfASampledSessionHasTheEstimates) {
  Subject subject = test::randomSubject(5, true);
  for (const CostWords& words : costs()) {
    if (!words.isBytes) continue;  // Of blocks, each site is rounded for itself.
    subject.cost = words.cost;
    const auto sum = test::sumIn(GetParam().name, exported(GetParam(), subject), words.cost);
    if (sum) {
      EXPECT_EQ(*sum, test::sumInSummary(subject.summary(), words.cost)) << words.name;
    }
  }
}

TEST_P(EachFormat, OfASessionWithoutAllocationsIsWholeAllTheSame) {
  client::ProfileBuilder builder;
  Subject subject{.title = "empty.heaptap", .profile = builder.profile(), .cost = Cost::Peak};
  const auto sum = test::sumIn(GetParam().name, exported(GetParam(), subject), Cost::Peak);
  if (sum) {
    EXPECT_EQ(*sum, 0U);
  }
}

TEST_P(EachFormat, OfTextIsUtf8) {
  if (!GetParam().isText) return;
  const std::string text = exported(GetParam(), test::randomSubject(6));
  EXPECT_EQ(validUtf8(text), text);
  EXPECT_EQ(text.find('\0'), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST_P(EachFormat, OfADeepRecursionStaysSmall) {
  client::ProfileBuilder builder;
  constexpr std::size_t kDepth = 30'000;
  model::StackId stack{};
  for (std::size_t depth = 0; depth < kDepth; ++depth) {
    stack = builder.below(stack, depth == 0 ? builder.frame("main") : builder.frame("recurse"));
    builder.count({.size = 8, .stack = stack, .allocations = 1, .live = 1, .atPeak = 1});
  }
  builder.summary().set_live_bytes(8 * kDepth);
  builder.summary().set_peak_bytes(8 * kDepth);
  Subject subject{.title = "deep.heaptap", .profile = builder.profile(), .cost = Cost::Live};
  const std::string text = exported(GetParam(), subject);
  EXPECT_LT(text.size(), 64U << 20);
  const auto sum = test::sumIn(GetParam().name, text, Cost::Live);
  if (sum) {
    EXPECT_EQ(*sum, 8 * kDepth);
  }
}

TEST(Csv, ARecordIsALineAndNoNameIsAFormula) {
  client::ProfileBuilder builder;
  const std::vector<std::string> names{"=1+1",
                                       "+f",
                                       "-[Parser read]",
                                       "@SUM(A1)",
                                       "\xEF\xBC\x9D"
                                       "1",
                                       "\t=1+1",
                                       "a\nb\rc",
                                       "say \"=1\"",
                                       "'kept",
                                       "f=1"};
  for (const std::string& name : names) {
    const auto frame = builder.place({{.function = name, .file = name, .line = 1}}, 0, builder.module(name));
    builder.count({.size = 8, .stack = builder.stackOf({frame}), .allocations = 1, .live = 1, .atPeak = 1});
  }
  const Subject subject{.title = "odd.heaptap", .profile = builder.profile(), .cost = Cost::Peak};
  const std::string text = exported(**formatNamed("csv"), subject);
  const auto records = test::csvRecords(text);
  ASSERT_EQ(records.size(), names.size() + 1);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), static_cast<std::ptrdiff_t>(records.size()));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), static_cast<std::ptrdiff_t>(records.size()));
  std::set<std::string> cells;
  for (std::size_t i = 1; i < records.size(); ++i)
    for (std::size_t cell = 8; cell < records[i].size(); ++cell) {
      const std::string& field = records[i][cell];
      EXPECT_EQ(std::string_view("=+-@").find(field.front()), std::string_view::npos) << field;
      if (cell != 10) cells.insert(field);
    }
  for (const char* cell : {"'=1+1", "'+f", "'-[Parser read]", "'@SUM(A1)", "a\\nb\\x0dc", "'kept", "f=1"})
    EXPECT_TRUE(cells.contains(cell)) << cell;
}

TEST(Formats, AreKnownByNameAndByExtension) {
  std::set<std::string_view> names;
  std::set<std::string_view> extensions;
  for (const Format& format : formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_TRUE(extensions.insert(format.extension).second) << format.extension;
    ASSERT_TRUE(formatNamed(format.name));
    EXPECT_EQ((*formatNamed(format.name))->name, format.name);
    const Format* const ofFile = formatOfFile("a.b" + std::string(format.extension));
    ASSERT_NE(ofFile, nullptr);
    EXPECT_EQ(ofFile->name, format.name);
  }
  EXPECT_EQ(formatOfFile("a.heaptap"), nullptr);
  EXPECT_THAT(formatNamed("pdf").error().line(), HasSubstr("one of: text, json, csv"));
  EXPECT_THAT(costNamed("money").error().line(), HasSubstr("one of: live, peak"));
}

}  // namespace
}  // namespace heaptap::exporting
