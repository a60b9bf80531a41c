// SPDX-License-Identifier: Apache-2.0
#include "export/verdict/junit.h"

#include <string>
#include <vector>

#include "export/verdict/usual_verdict.h"
#include "export/verdict/verdict_text.h"
#include "export/writer.h"
#include "text/printable.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

/// Text for an element or an attribute. XML 1.0 has no control characters but tab and line ends, and neither
/// U+FFFE nor U+FFFF, not even escaped.
std::string xml(std::string_view text) {
  const std::string valid = validUtf8(text);
  std::string escaped;
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const char c = valid[i];
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&': escaped += "&amp;"; continue;
      case '<': escaped += "&lt;"; continue;
      case '>': escaped += "&gt;"; continue;
      case '"': escaped += "&quot;"; continue;
      case '\n': escaped += "&#10;"; continue;
      case '\t': escaped += "&#9;"; continue;
      default: break;
    }
    const std::string_view next = std::string_view(valid).substr(i, 3);
    if (byte < 0x20 || byte == 0x7F) {
      escaped += "\xEF\xBF\xBD";
    } else if (next == "\xEF\xBF\xBE" || next == "\xEF\xBF\xBF") {
      escaped += "\xEF\xBF\xBD";
      i += 2;
    } else {
      escaped += c;
    }
  }
  return escaped;
}

struct Suite {
  std::string program;
  std::vector<const analysis::Check*> checks;
  std::size_t failures = 0;
};

std::vector<Suite> suitesOf(const analysis::Verdict& verdict) {
  std::vector<Suite> suites;
  for (const analysis::Check& check : verdict.checks) {
    if (suites.empty() || suites.back().program != check.program)
      suites.push_back({.program = check.program, .checks = {}});
    suites.back().checks.push_back(&check);
    if (!check.passed()) ++suites.back().failures;
  }
  return suites;
}

void writeCase(Writer& out, const analysis::Check& check, const VerdictStyle& style) {
  const std::string name = check.rule.empty() ? check.title : check.rule + ": " + check.title;
  out << "    <testcase classname=\"heaptap." << xml(printable(check.program)) << "\" name=\""
      << xml(printable(name)) << "\" time=\"0\"";
  if (check.passed()) {
    out << "/>\n";
    return;
  }
  std::string text;
  for (const analysis::Violation& violation : check.violations) {
    text += lineOf(violation, style) + "\n";
    if (violation.bytes) text += "  " + std::to_string(*violation.bytes) + " bytes\n";
    if (const std::string detail = detailOf(violation, style); !detail.empty()) text += "  " + detail + "\n";
    text += stackLinesOf(violation, style, "    ") + "  session " + printable(violation.session) + "\n";
  }
  out << ">\n      <failure type=\"" << xml(check.id) << "\" message=\""
      << xml(lineOf(check.violations.front(), style));
  if (check.violations.size() > 1) out << " (and " << check.violations.size() - 1 << " more)";
  out << "\">" << xml(text) << "</failure>\n    </testcase>\n";
}

}  // namespace

void writeJunitVerdict(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink) {
  const std::vector<Suite> suites = suitesOf(verdict);
  std::size_t failures = 0;
  for (const Suite& suite : suites) failures += suite.failures;
  Writer out(sink);
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"heaptap\" tests=\""
      << verdict.checks.size() << "\" failures=\"" << failures << "\" errors=\"0\" time=\"0\">\n";
  for (const Suite& suite : suites) {
    out << "  <testsuite name=\"heaptap." << xml(printable(suite.program)) << "\" tests=\""
        << suite.checks.size() << "\" failures=\"" << suite.failures
        << "\" errors=\"0\" skipped=\"0\" time=\"0\">\n";
    for (const analysis::Check* const check : suite.checks) writeCase(out, *check, style);
    if (&suite == &suites.back() && !verdict.notes.empty()) {
      out << "    <system-out>";
      for (const std::string& note : verdict.notes) out << xml(printable(note)) << "&#10;";
      out << "</system-out>\n";
    }
    out << "  </testsuite>\n";
  }
  out << "</testsuites>\n";
}

void writeJunit(const Subject& subject, Sink& sink) { writeJunitVerdict(usualVerdict(subject), {}, sink); }

}  // namespace heaptap::exporting
