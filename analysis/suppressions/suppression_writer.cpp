// SPDX-License-Identifier: Apache-2.0
#include "analysis/suppressions/suppression_writer.h"

#include <algorithm>
#include <set>
#include <vector>

#include "analysis/own_code.h"
#include "analysis/suppressions/mangled_pattern.h"
#include "analysis/suppressions/name_pattern.h"
#include "analysis/suppressions/text_pattern.h"
#include "analysis/verdict.h"
#include "text/function_name.h"
#include "text/printable.h"
#include "text/quantity.h"

namespace heaptap::analysis {
namespace {

/// Lines of the program's own that a suppression has: more would not match another build of the program.
constexpr std::size_t kMostLines = 8;

/// Of a stack valgrind has so many calls (--num-callers), the first of which is its own malloc.
constexpr std::size_t kValgrindCalls = 12;

constexpr const char* kNothingToMatch = "# No stack was recorded: there is nothing to match\n";

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
  if (const std::string name = patternFor(group.place.function, "*^$"); saysSomething(name))
    return "leak:^" + name + "$\n";
  if (group.place.module.empty()) return kNothingToMatch;
  return "# It has no name, and leak:" + patternFor(fileName(group.place.module), "*^$") +
         " would leave out all of this file; --format valgrind goes by stacks\n";
}

bool isNameCharacter(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The last name in what a function is called, which is in its mangled name as well as in the plain one that
/// valgrind has of inlined functions: `describe` of `app::describe[abi:cxx11]`, `Cache` of
/// `Cache::operator=`. Empty: of a lambda, or where there is none.
std::string_view lastName(std::string_view spoken) {
  if (spoken.find('{') != std::string_view::npos) return {};
  if (const auto operators = spoken.find("::operator"); operators != std::string_view::npos)
    spoken = spoken.substr(0, operators);
  if (const auto tag = spoken.find('['); tag != std::string_view::npos) spoken = spoken.substr(0, tag);
  constexpr std::string_view kArguments = "<…>";
  if (spoken.ends_with(kArguments)) spoken.remove_suffix(kArguments.size());
  std::size_t begin = spoken.size();
  while (begin > 0 && isNameCharacter(spoken[begin - 1])) --begin;
  const std::string_view name = spoken.substr(begin);
  return name.empty() || (name.front() >= '0' && name.front() <= '9') ? std::string_view() : name;
}

/// A lambda's call: by the function that it is in, and how a lambda is mangled. Empty: it cannot be said.
std::string lambdaFor(std::string_view spoken, bool isInlined) {
  const auto lambda = std::min(spoken.rfind("::{lambda("), spoken.rfind("::$_"));
  if (lambda == std::string_view::npos || !spoken.ends_with("::operator()")) return {};
  if (isInlined) return "operator()";  // Its name without the scope.
  const std::string_view function = lastName(spoken.substr(0, lambda));
  return function.empty() ? std::string() : mangledLambdaGlob(function, spoken[lambda + 2] == '$');
}

/// A line as valgrind has it: functions of C++ and Rust by their mangled names, inlined ones by the last part
/// of their names.
std::string frameFor(const client::StackLine& line) {
  constexpr const char* kAnyFrame = "   fun:*\n";
  if (line.address == 0) return "   ...\n";
  if (line.function.empty())
    return line.module.empty() ? kAnyFrame : "   obj:*" + patternFor(fileName(line.module), "*?") + "*\n";
  const bool isPlain = std::all_of(line.function.begin(), line.function.end(), isNameCharacter);
  if (isPlain && !line.isInlined) return "   fun:" + patternFor(line.function, "*?") + "\n";
  if (const std::string mangled = mangledGlob(line.function); !mangled.empty() && !line.isInlined)
    return "   fun:" + mangled + "\n";
  const std::string spoken = spokenFunctionName(line.function.substr(0, kLongestName));
  const std::string_view name = lastName(spoken);
  if (!name.empty()) return "   fun:*" + std::string(name) + "*\n";
  if (const std::string lambda = lambdaFor(spoken, line.isInlined); !lambda.empty())
    return "   fun:" + lambda + "\n";
  const std::string whole = patternFor(line.function, "*?");
  const bool isLambda = spoken.find('{') != std::string::npos;
  return isLambda || !saysSomething(whole) ? kAnyFrame : "   fun:" + whole + "\n";
}

/// The lines by which a stack is known: those of the program's own, up to `main` or the begin of a thread.
/// What is between them differs by how the program was built, and what is outside of them valgrind does not
/// show.
std::vector<std::string> framesFor(const std::vector<client::StackLine>& lines) {
  std::vector<std::string> frames;
  std::size_t own = 0;
  std::size_t calls = 0;
  bool isSkipping = false;
  for (const client::StackLine& line : lines) {
    if (!line.isInlined && ++calls == kValgrindCalls) break;
    const CodeOwner owner =
        line.address == 0 ? CodeOwner::Loader : ownerOf(line.function, line.module, line.file);
    if (owner == CodeOwner::Start || own == kMostLines) break;
    if (owner != CodeOwner::Program) {
      isSkipping = true;
      continue;
    }
    if (isSkipping) frames.emplace_back("   ...\n");
    isSkipping = false;
    frames.push_back(frameFor(line));
    ++own;
    if (line.function == "main") break;
  }
  return frames;
}

/// `fun:main` alone would leave out everything.
bool saysWhere(const std::vector<std::string>& frames) {
  return std::any_of(frames.begin(), frames.end(), [](const std::string& frame) {
    return frame != "   ...\n" && frame != "   fun:*\n" && frame != "   fun:main\n";
  });
}

std::string valgrindFor(const LeakReport& report, const LeakedSite& site, const LeakGroup& group) {
  const std::vector<client::StackLine> lines = client::stackLines(report.profile, site.key.stack);
  if (lines.empty()) return kNothingToMatch;
  std::vector<std::string> frames = framesFor(lines);
  if (!saysWhere(frames)) {  // Then all that there is, at its place.
    frames.clear();
    for (const client::StackLine& line : lines) {
      if (frames.size() == kMostLines || ownerOf(line.function, line.module, line.file) == CodeOwner::Start)
        break;
      frames.push_back(frameFor(line));
    }
  }
  std::string text = "{\n   " + patternFor(printable("leak at " + spokenPlace(group.place)), "{}") +
                     "\n   Memcheck:Leak\n   fun:*\n";
  std::string last;
  for (const std::string& frame : frames) {
    if (frame != last || frame != "   ...\n") text += frame;
    last = frame;
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
