// SPDX-License-Identifier: Apache-2.0
#include "export/verdict/verdict_text.h"

#include <algorithm>
#include <string>

#include "export/labels.h"
#include "export/verdict/source_path.h"
#include "text/function_name.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

constexpr std::size_t kFrames = 12;
constexpr std::size_t kNameColumns = 60;
constexpr std::size_t kMostShown = 20;

std::string checkLine(const analysis::Check& check, Paint paint) {
  return (check.passed() ? paint(Tone::Good, "  passed  ") : paint(Tone::Bad, "  FAILED  ")) + partOf(check) +
         ": " + printable(check.title) + (check.measured.empty() ? "" : " (" + check.measured + ")") + "\n";
}

std::string violationText(const analysis::Violation& violation, const VerdictStyle& style) {
  std::string text = "  " + style.paint(Tone::Bad, lineOf(violation)) + "\n";
  std::string_view rest = violation.detail;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    text += "      " + printable(rest.substr(0, end)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return text + stackLinesOf(violation, style, "      ", kFrames);
}

}  // namespace

std::string partOf(const analysis::Check& check) {
  const std::string program = check.program.empty() ? "the program" : printable(check.program);
  return check.rule.empty() ? program : program + ", " + printable(check.rule);
}

std::string lineOf(const analysis::Violation& violation) {
  std::string line = printable(clipped(validUtf8(violation.message)));
  if (violation.sessions > 1) line += ", in " + formatCount(violation.sessions) + " sessions";
  return line;
}

std::string stackLinesOf(const analysis::Violation& violation, const VerdictStyle& style,
                         std::string_view margin, std::size_t most) {
  std::string text;
  std::size_t shown = 0;
  for (const analysis::CodePlace& place : violation.stack) {
    if (most != 0 && shown++ == most) {
      text += std::string(margin) + "…\n";
      break;
    }
    const std::string name = analysis::labelOf(place, kNameColumns);
    const SourcePath file = sourcePath(place.file, style.root);
    text += std::string(margin) + name;
    if (!file.path.empty())
      text += "  " + file.path + (place.line == 0 ? "" : ":" + std::to_string(place.line));
    text += "\n";
  }
  return text;
}

std::string sentenceOf(const analysis::Verdict& verdict) {
  std::size_t failed = 0;
  for (const analysis::Check& check : verdict.checks) failed += check.passed() ? 0U : 1U;
  const std::string of = formatNumberOf(verdict.checks.size(), "check") + " of " +
                         formatNumberOf(verdict.sessions.size(), "session");
  return failed == 0 ? "passed: " + of : "FAILED: " + formatCount(failed) + " of " + of;
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
}

}  // namespace heaptap::exporting
