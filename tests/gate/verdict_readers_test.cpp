// SPDX-License-Identifier: Apache-2.0
//
// Verdicts of hostile sessions, read by readers of each format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "export/verdict/verdict_format.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace heaptap {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class TextSink : public exporting::Sink {
 public:
  void write(std::string_view bytes) override { m_text += bytes; }
  [[nodiscard]] const std::string& text() const { return m_text; }

 private:
  std::string m_text;
};

/// What a reader of the format understands.
nlohmann::json readBy(std::string_view format, const analysis::Verdict& verdict) {
  TextSink sink;
  (*exporting::verdictFormatNamed(format))->write(verdict, {.root = "/src/project"}, sink);
  const test::TemporaryFolder folder;
  const auto file = folder.write("verdict", sink.text());
  const test::Outcome outcome =
      test::runProcess({.argv = {HEAPTAP_SYSTEM_PYTHON, READ_VERDICT, std::string(format), file.string()}});
  EXPECT_EQ(outcome.status, 0) << format << ": " << outcome.err;
  const auto read = nlohmann::json::parse(outcome.out, nullptr, false);
  return read.is_discarded() ? nlohmann::json::object() : read;
}

analysis::Check leaked(const std::string& program) {
  return {.id = "leaked",
          .rule = {},
          .program = program,
          .title = "leaked bytes: at most 0 B",
          .measured = "3 B"};
}

TEST(VerdictReaders, ReadWhatHasPassed) {
  analysis::Verdict verdict;
  verdict.sessions = {"a.heaptap"};
  verdict.checks = {leaked("app")};
  verdict.notes = {"50 %, of what?"};
  for (const char* format : {"sarif", "junit", "gitlab", "github"})
    EXPECT_EQ(readBy(format, verdict)["violations"], 0);
  EXPECT_EQ(readBy("junit", verdict)["checks"], 1);
}

TEST(VerdictReaders, ReadPlacesRelativeToTheRoot) {
  analysis::Verdict verdict;
  verdict.checks = {leaked("app")};
  const analysis::CodePlace place{
      .function = "parse(int)", .file = "/src/project/lib/a b,c.cpp", .module = "/bin/app", .line = 12};
  verdict.checks[0].violations.push_back(
      {.message = "leaks 3 B", .place = place, .stack = {place}, .fingerprint = "1"});
  EXPECT_THAT(readBy("sarif", verdict)["places"], ElementsAre("lib/a%20b%2Cc.cpp:12"));
  EXPECT_THAT(readBy("gitlab", verdict)["places"], ElementsAre("lib/a b,c.cpp:12"));
  EXPECT_THAT(readBy("github", verdict)["places"], ElementsAre("lib/a b%2Cc.cpp:12"));
  // Elsewhere: no annotation of a line; the nearest of the project's own lines instead.
  verdict.checks[0].violations[0].place.file = "/usr/include/x.h";
  EXPECT_THAT(readBy("github", verdict)["places"], ElementsAre("lib/a b%2Cc.cpp:12"));
  verdict.checks[0].violations[0].stack.clear();
  EXPECT_THAT(readBy("github", verdict)["places"], ElementsAre());
  EXPECT_THAT(readBy("gitlab", verdict)["places"], ElementsAre("app:1"));
  EXPECT_THAT(readBy("sarif", verdict)["places"], ElementsAre("file:///usr/include/x.h:12"));
}

TEST(VerdictReaders, BearAnyName) {
  std::string everything;
  for (int c = 1; c < 256; ++c) everything += static_cast<char>(c);
  const std::string names[] = {"a\nb\r\n::error ::c",
                               "\"<>&'%0A,:=]]>",
                               everything,
                               "\xEF\xBF\xBE\xEF\xBF\xBF\xED\xA0\x80",
                               std::string(3 << 20, 'x'),
                               std::string("\0\1", 2),
                               "\xE2\x80\xA6\xE2\x80\xAE\xC3\xBC"};
  for (const std::string& name : names) {
    analysis::Verdict verdict;
    verdict.sessions = {name};
    verdict.notes = {name};
    analysis::Check check = leaked(name);
    check.rule = name;
    check.title = name;
    const analysis::CodePlace place{.function = name, .file = name, .module = name, .line = 1};
    check.violations.push_back({.message = name,
                                .detail = name,
                                .session = name,
                                .place = place,
                                .stack = {place, place},
                                .fingerprint = "f"});
    verdict.checks = {check};
    for (const char* format : {"sarif", "junit", "gitlab", "github"})
      EXPECT_EQ(readBy(format, verdict)["violations"], 1) << format;
    for (const char* format : {"text", "json"}) {
      TextSink sink;
      (*exporting::verdictFormatNamed(format))->write(verdict, {}, sink);
      EXPECT_FALSE(sink.text().empty());
    }
  }
}

TEST(VerdictFormats, JunitHasNamesInOneLine) {
  analysis::Verdict verdict;
  verdict.checks = {leaked("app\nwith\rends")};
  verdict.checks[0].violations.push_back({.message = "leaks", .session = "a\nb", .fingerprint = "f"});
  verdict.notes = {"of a\nb"};
  TextSink sink;
  (*exporting::verdictFormatNamed("junit"))->write(verdict, {}, sink);
  EXPECT_THAT(sink.text(), HasSubstr("<testsuite name=\"heaptap.app\\nwith\\x0dends\" tests=\"1\""));
  EXPECT_THAT(sink.text(), HasSubstr("<testcase classname=\"heaptap.app\\nwith\\x0dends\" name="));
  EXPECT_THAT(sink.text(), HasSubstr("session a\\nb"));
  EXPECT_THAT(sink.text(), HasSubstr("of a\\nb&#10;"));
}

TEST(VerdictFormats, NameSourcesRelativeToTheRootInTextsToo) {
  analysis::Verdict verdict;
  verdict.sessions = {"a.heaptap"};
  verdict.checks = {leaked("app")};
  const analysis::CodePlace place{.function = "parse(int)", .file = "/src/project/lib/../a.cpp", .line = 12};
  const analysis::CodePlace other{.function = "take()", .file = "/src/project/b.cpp", .line = 3};
  verdict.checks[0].violations.push_back({.message = "double free in parse(int)",
                                          .detail = "of old",
                                          .session = "a.heaptap",
                                          .place = place,
                                          .allocatedAt = other,
                                          .stack = {place, other},
                                          .fingerprint = "1"});
  for (const char* const format : {"text", "json", "junit", "sarif", "github", "gitlab"}) {
    const auto written = [&](const std::string& root) {
      TextSink sink;
      (*exporting::verdictFormatNamed(format))->write(verdict, {.root = root}, sink);
      return sink.text();
    };
    const std::string below = written("/src/project");
    EXPECT_THAT(below, HasSubstr("parse(int) (a.cpp:12)")) << format;
    if (format != std::string("gitlab")) {
      EXPECT_THAT(below, HasSubstr("was allocated by take() (b.cpp:3)")) << format;
    }
    EXPECT_THAT(below, Not(HasSubstr("/src/project/a.cpp"))) << format;
    EXPECT_THAT(written("/elsewhere"), HasSubstr("parse(int) (/src/project/a.cpp:12)")) << format;
  }
}

TEST(VerdictFormats, TheTextFoldsWhatRuntimesDoAndNamesTheNextCommand) {
  analysis::Verdict verdict;
  verdict.sessions = {"it's.heaptap"};
  verdict.checks = {leaked("app")};
  std::vector<analysis::CodePlace> stack;
  for (const char* const function : {"std::inner()", "std::vector<int>::push_back(int)", "fill()", "main",
                                     "__libc_start_call_main", "__libc_start_main_impl", "_start"})
    stack.push_back({.function = function});
  verdict.checks[0].violations.push_back(
      {.message = "leaks", .session = "it's.heaptap", .stack = stack, .fingerprint = "1"});
  TextSink sink;
  (*exporting::verdictFormatNamed("text"))->write(verdict, {}, sink);
  EXPECT_THAT(sink.text(), HasSubstr("      std::vector<int>::push_back(int)\n      fill()\n      main\n\n"));
  EXPECT_THAT(sink.text(), testing::EndsWith("\nnext: heaptap report 'it'\\''s.heaptap'\n"));
  TextSink remote;
  (*exporting::verdictFormatNamed("text"))->write(verdict, {.collector = "unix:/run/x"}, remote);
  EXPECT_THAT(remote.text(), HasSubstr("next: heaptap report --collector unix:/run/x "));
}

TEST(VerdictFormats, AreThoseThatThePackageForCMakeKnows) {
  std::ifstream file(ADD_LEAK_TEST);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::string known;
  for (const exporting::VerdictFormat& format : exporting::verdictFormats())
    known += " " + std::string(format.name);
  EXPECT_THAT(text, HasSubstr("set(known" + known + ")"));
}

TEST(VerdictFormats, UnknownOnesAreNamedWithThoseThatThereAre) {
  const auto format = exporting::verdictFormatNamed("html");
  ASSERT_FALSE(format);
  EXPECT_EQ(format.error().line(),
            "--format: 'html' is no format; one of: text, json, junit, sarif, github, gitlab");
}

}  // namespace
}  // namespace heaptap
