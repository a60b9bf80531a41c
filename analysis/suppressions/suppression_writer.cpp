// SPDX-License-Identifier: Apache-2.0
#include "analysis/suppressions/suppression_writer.h"

#include <algorithm>
#include <set>
#include <vector>

#include "analysis/suppressions/mangled_pattern.h"
#include "analysis/suppressions/text_pattern.h"
#include "analysis/verdict.h"
#include "text/printable.h"
#include "text/quantity.h"

namespace heaptap::analysis {
namespace {

/// Lines of a stack that a suppression has: more would not match another build of the program.
constexpr std::size_t kMostLines = 8;

constexpr const char* kNothingToMatch = "# No stack was recorded: there is nothing to match\n";

/// Names are matched as they are, up to what stands for anything in a pattern or ends a line.
std::string patternOf(std::string_view name, std::string_view special) {
  std::string pattern;
  const std::string_view first = name.substr(0, kLongestName / 2);
  for (std::size_t i = 0; i < first.size(); ++i) {
    const char c = first[i];
    const bool isLost =
        c == ' ' && (i == 0 || i + 1 == name.size());  // Blanks around a pattern are no part of it.
    const bool isPlain = !isLost && static_cast<unsigned char>(c) >= ' ' && c != '\x7f' &&
                         special.find(c) == std::string_view::npos;
    const char shown = isPlain ? c : '*';
    if (shown != '*' || !pattern.ends_with('*')) pattern += shown;
  }
  if (name.size() > kLongestName / 2 && !pattern.ends_with('*')) pattern += '*';
  return pattern;
}

bool saysSomething(const std::string& pattern) { return pattern.find_first_not_of('*') != std::string::npos; }

std::string fileName(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

/// A comment is one line.
std::string comment(const LeakGroup& group) {
  return "# " +
         printable(formatBytes(group.bytes) + " in " + formatNumberOf(group.blocks, "block") + " at " +
                   spokenPlace(group.place)) +
         "\n";
}

std::string lsanFor(const LeakGroup& group) {
  if (const std::string name = patternOf(group.place.function, "*^$"); saysSomething(name))
    return "leak:^" + name + "$\n";
  if (group.place.module.empty()) return kNothingToMatch;
  return "# It has no name, and leak:" + patternOf(fileName(group.place.module), "*^$") +
         " would leave out all of this file; --format valgrind goes by stacks\n";
}

std::string frameFor(const client::StackLine& line) {
  // Valgrind knows C++'s functions by their mangled names.
  const std::string mangled = mangledGlob(line.function);
  const std::string name = mangled.empty() ? patternOf(line.function, "*?") : mangled;
  if (line.address != 0 && saysSomething(name)) return "   fun:" + name + "\n";
  if (!line.module.empty()) return "   obj:*" + patternOf(fileName(line.module), "*?") + "\n";
  return "   ...\n";
}

std::string valgrindFor(const LeakReport& report, const LeakedSite& site, const LeakGroup& group) {
  std::vector<client::StackLine> lines = client::stackLines(report.profile, site.key.stack);
  // Up to the program's own innermost line, which is the root cause, and its callers.
  if (lines.size() > kMostLines) {
    const auto own = std::find_if(lines.begin(), lines.end(), [&](const client::StackLine& line) {
      return line.function == group.place.function && line.pc == group.place.pc;
    });
    const auto from = static_cast<std::size_t>(own == lines.end() ? 0 : own - lines.begin());
    lines.resize(std::min(lines.size(), std::max(kMostLines, from + 3)));
  }
  if (lines.empty()) return kNothingToMatch;
  std::string text = "{\n   " + patternOf(printable("leak at " + spokenPlace(group.place)), "{}") +
                     "\n   Memcheck:Leak\n   fun:*\n";
  std::string last;
  for (const client::StackLine& line : lines) {
    std::string frame = frameFor(line);
    if (frame != last || frame != "   ...\n") text += frame;
    last = std::move(frame);
  }
  return text + "}\n";
}

}  // namespace

std::optional<SuppressionFormat> suppressionFormat(std::string_view word) {
  if (word == "lsan") return SuppressionFormat::Lsan;
  if (word == "valgrind") return SuppressionFormat::Valgrind;
  return std::nullopt;
}

std::string suppressionsFor(const LeakReport& report, SuppressionFormat format) {
  std::string text;
  std::set<std::string> written;
  for (const LeakGroup& group : report.groups) {
    if (group.kind != LeakKind::Growing && group.kind != LeakKind::Once) continue;
    std::vector<std::string> rules;
    if (format == SuppressionFormat::Lsan)
      rules.push_back(lsanFor(group));
    else
      for (const LeakedSite& site : group.sites) rules.push_back(valgrindFor(report, site, group));
    text += comment(group);
    for (const std::string& rule : rules)
      if (written.insert(rule).second) text += rule;
  }
  return text;
}

}  // namespace heaptap::analysis
