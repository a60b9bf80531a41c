// SPDX-License-Identifier: Apache-2.0
#include "export/verdict/annotations.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "export/report/report_json.h"
#include "export/verdict/source_path.h"
#include "export/verdict/verdict_text.h"
#include "text/printable.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

using analysis::Check;
using analysis::CodePlace;
using analysis::Violation;

/// A value of GitHub's workflow commands; of a property, more has a meaning.
std::string escaped(const std::string& text, bool isProperty) {
  std::string result;
  for (const char c : validUtf8(text)) switch (c) {
      case '%': result += "%25"; break;
      case '\r': result += "%0D"; break;
      case '\n': result += "%0A"; break;
      case ':': result += isProperty ? "%3A" : ":"; break;
      case ',': result += isProperty ? "%2C" : ","; break;
      default: result += c;
    }
  return result;
}

/// The first place, of the violation or on its stack, with a file below the root; none: an empty path. A
/// relative path may be anybody's, so it is taken for the root's only where the violation itself is.
struct Annotated {
  std::string path;
  std::uint32_t line = 0;
};
Annotated annotatedPlace(const Violation& violation, const VerdictStyle& style) {
  const SourcePath own = sourcePath(violation.place.file, style.root);
  if (own.isRelative) return {own.path, violation.place.line};
  for (const CodePlace& place : violation.stack) {
    const SourcePath file = sourcePath(place.file, style.root);
    if (file.isRelative && place.file.starts_with('/')) return {file.path, place.line};
  }
  return {};
}

}  // namespace

void writeGithubAnnotations(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink) {
  std::string text;
  for (const Check& check : verdict.checks)
    for (const Violation& violation : check.violations) {
      const Annotated place = annotatedPlace(violation, style);
      const std::string detail = detailOf(violation, style);
      text += "::error ";
      if (!place.path.empty()) {
        text += "file=" + escaped(place.path, true);
        if (place.line != 0) text += ",line=" + std::to_string(place.line);
        text += ",";
      }
      text += "title=" + escaped("heaptap: " + partOf(check) + ": " + printable(check.title), true) + "::" +
              escaped(lineOf(violation, style) + "\n" + detail + (detail.empty() ? "" : "\n") +
                          stackLinesOf(violation, style, "  "),
                      false) +
              "\n";
    }
  for (const std::string& note : verdict.notes)
    text += "::notice title=heaptap::" + escaped(printable(note), false) + "\n";
  sink.write(text);
}

void writeGitlabReport(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink) {
  using Json = nlohmann::ordered_json;
  Json all = Json::array();
  for (const Check& check : verdict.checks)
    for (const Violation& violation : check.violations) {
      const Annotated place = annotatedPlace(violation, style);
      Json one = Json::object();
      one["description"] = partOf(check) + ": " + lineOf(violation, style);
      one["check_name"] = "heaptap-" + check.id;
      one["fingerprint"] = violation.fingerprint;
      one["severity"] = "major";
      // A path is required; the program's name stands for what has no line of its own.
      one["location"]["path"] = place.path.empty() ? printable(check.program) : place.path;
      one["location"]["lines"]["begin"] = std::max<std::uint32_t>(place.line, 1);
      all.push_back(std::move(one));
    }
  sink.write(dumped(all) + "\n");
}

}  // namespace heaptap::exporting
