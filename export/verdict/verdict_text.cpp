// SPDX-License-Identifier: Apache-2.0
#include "export/verdict/verdict_text.h"

#include <algorithm>
#include <string>
#include <vector>

#include "analysis/own_code.h"
#include "export/labels.h"
#include "export/verdict/source_path.h"
#include "text/function_name.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/shell_word.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

constexpr std::size_t kFrames = 12;
constexpr std::size_t kNameColumns = 60;
constexpr std::size_t kMessageColumns = 120;
constexpr std::size_t kMostShown = 20;

using analysis::CodeOwner;
using analysis::CodePlace;

/// `src/parser.cpp:12`; empty: not known.
std::string whereOf(const CodePlace& place, const VerdictStyle& style) {
  std::string where = sourcePath(place.file, style.root).path;
  if (!where.empty() && place.line != 0) where += ":" + std::to_string(place.line);
  return where;
}

/// The same behind the name of what is there.
std::string locationOf(const CodePlace& place, const VerdictStyle& style) {
  const std::string where = whereOf(place, style);
  return where.empty() ? where : " (" + where + ")";
}

std::string stackLine(const CodePlace& place, const VerdictStyle& style, std::string_view margin) {
  const std::string where = whereOf(place, style);
  return std::string(margin) + analysis::labelOf(place, kNameColumns) + (where.empty() ? "" : "  " + where) +
         "\n";
}

/// As reports fold stacks: of each stretch of a runtime's frames the outermost, which the program has called;
/// nothing of what is outside of all of the program's own.
std::vector<const CodePlace*> foldedStack(const std::vector<CodePlace>& stack) {
  std::vector<const CodePlace*> kept;
  const CodePlace* runtime = nullptr;
  for (const CodePlace& place : stack) {
    const CodeOwner owner = analysis::ownerOf(place.function, place.module, place.file);
    if (owner == CodeOwner::Start) break;
    const bool isOwn = owner == CodeOwner::Program || owner == CodeOwner::Allocation;
    if (isOwn && runtime != nullptr) kept.push_back(runtime);
    runtime = isOwn ? nullptr : &place;
    if (isOwn) kept.push_back(&place);
  }
  if (kept.empty())
    for (const CodePlace& place : stack) kept.push_back(&place);
  return kept;
}

std::string checkLine(const analysis::Check& check, Paint paint) {
  return (check.passed() ? paint(Tone::Good, "  passed  ") : paint(Tone::Bad, "  FAILED  ")) + partOf(check) +
         ": " + printable(check.title) + (check.measured.empty() ? "" : " (" + check.measured + ")") + "\n";
}

std::string violationText(const analysis::Violation& violation, const VerdictStyle& style) {
  std::string text = "  " + style.paint(Tone::Bad, lineOf(violation, style)) + "\n";
  const std::string detail = detailOf(violation, style);
  std::string_view rest = detail;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    text += "      " + printable(rest.substr(0, end)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::size_t shown = 0;
  for (const CodePlace* const place : foldedStack(violation.stack)) {
    if (shown++ == kFrames) return text + "      …\n";
    text += stackLine(*place, style, "      ");
  }
  return text;
}

}  // namespace

std::string partOf(const analysis::Check& check) {
  const std::string program = check.program.empty() ? "the program" : printable(check.program);
  return check.rule.empty() ? program : program + ", " + printable(check.rule);
}

std::string messageOf(const analysis::Violation& violation, const VerdictStyle& style) {
  return printable(clipped(validUtf8(violation.message))) + locationOf(violation.place, style);
}

std::string lineOf(const analysis::Violation& violation, const VerdictStyle& style) {
  std::string line = messageOf(violation, style);
  if (violation.sessions > 1) line += ", in " + formatCount(violation.sessions) + " sessions";
  return line;
}

std::string detailOf(const analysis::Violation& violation, const VerdictStyle& style) {
  std::string detail = violation.detail;
  if (!violation.allocatedAt) return detail;
  return detail + (detail.empty() ? "" : "\n") + "the block was allocated by " +
         analysis::labelOf(*violation.allocatedAt, kMessageColumns) +
         locationOf(*violation.allocatedAt, style);
}

std::string stackLinesOf(const analysis::Violation& violation, const VerdictStyle& style,
                         std::string_view margin) {
  std::string text;
  for (const CodePlace& place : violation.stack) text += stackLine(place, style, margin);
  return text;
}

std::string sentenceOf(const analysis::Verdict& verdict) {
  std::size_t failed = 0;
  for (const analysis::Check& check : verdict.checks) failed += check.passed() ? 0U : 1U;
  const std::string of = formatNumberOf(verdict.checks.size(), "check") + " of " +
                         formatNumberOf(verdict.sessions.size(), "session");
  return failed == 0 ? "passed: " + of : "FAILED: " + formatCount(failed) + " of " + of;
}

std::vector<std::string> nextSteps(const analysis::Verdict& verdict, const VerdictStyle& style) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> sessions;
  for (const analysis::Check& check : verdict.checks)
    for (const analysis::Violation& violation : check.violations) {
      const bool isNew = std::find(sessions.begin(), sessions.end(), violation.session) == sessions.end();
      if (isNew && !violation.session.empty() && sessions.size() < kMost)
        sessions.push_back(violation.session);
    }
  for (std::string& session : sessions)
    session =
        (style.collector.empty() ? shellLine({"heaptap", "report", session})
                                 : shellLine({"heaptap", "report", "--collector", style.collector, session}));
  return sessions;
}

void writeVerdictText(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink) {
  for (const analysis::Check& check : verdict.checks) {
    if (check.passed()) continue;
    std::string text = style.paint(Tone::Strong, partOf(check) + ": " + printable(check.title)) + "\n\n";
    std::size_t shown = 0;
    for (const analysis::Violation& violation : check.violations) {
      if (shown++ == kMostShown) {
        text += "  … and " + formatCount(check.violations.size() - kMostShown) +
                " more (--format json has all)\n";
        break;
      }
      text += violationText(violation, style);
      if (verdict.sessions.size() > 1) text += "      session " + printable(violation.session) + "\n";
      text += "\n";
    }
    sink.write(text);
  }
  std::string text;
  for (const analysis::Check& check : verdict.checks) text += checkLine(check, style.paint);
  for (const std::string& note : verdict.notes)
    text += style.paint(Tone::Warning, "  note    ") + printable(note) + "\n";
  sink.write(text + style.paint(verdict.passed() ? Tone::Good : Tone::Bad, sentenceOf(verdict)) + "\n");
  for (const std::string& next : nextSteps(verdict, style)) sink.write("next: " + next + "\n");
}

}  // namespace heaptap::exporting
