// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "analysis/suppressions/mangled_pattern.h"
#include "analysis/suppressions/suppressions.h"

namespace heaptap::analysis {
namespace {

constexpr std::size_t kMostSuppressions = 100'000;
constexpr std::size_t kMostFrames = 256;
constexpr std::string_view kBlanks = " \t\r\v\f";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// The text of a file, a line at a time.
class Lines {
 public:
  Lines(const std::string& source, std::string_view text) : m_source(source), m_rest(text) {
    if (m_rest.starts_with("\xEF\xBB\xBF")) m_rest.remove_prefix(3);
  }

  /// The next line without the blanks around it; comments and empty lines are passed. None: there is none.
  std::optional<std::string_view> next() {
    while (!m_rest.empty()) {
      const auto end = std::min(m_rest.find('\n'), m_rest.size());
      const std::string_view whole = m_rest.substr(0, end);
      m_rest.remove_prefix(std::min(end + 1, m_rest.size()));
      ++m_number;
      const std::string_view line = trimmed(whole);
      m_indent = line.empty() ? 0 : static_cast<std::size_t>(line.data() - whole.data());
      if (!line.empty() && line.front() != '#') return line;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::uint32_t number() const { return m_number; }

  /// `column` from 0 in the line that next() returned.
  [[nodiscard]] tl::unexpected<Error> error(std::size_t column, std::string what,
                                            std::string remedy = {}) const {
    return failure(Code::Usage,
                   m_source + ":" + std::to_string(m_number) + ":" + std::to_string(m_indent + column + 1),
                   std::move(what), std::move(remedy));
  }

 private:
  const std::string& m_source;
  std::string_view m_rest;
  std::uint32_t m_number = 0;
  std::size_t m_indent = 0;
};

/// Behind `{`: what a suppression of valgrind's is about, and its lines.
class ValgrindBlock {
 public:
  ValgrindBlock(Lines& lines, Suppression& suppression) : m_lines(lines), m_suppression(suppression) {}

  /// Whether it is about leaks. Errors: Usage.
  Result<bool> read() {
    const auto name = m_lines.next();
    if (!name || *name == "}") return m_lines.error(0, "the suppression has no name");
    m_suppression.name = *name;
    const auto kind = m_lines.next();
    if (!kind || *kind == "}")
      return m_lines.error(0, "the suppression does not say what it is about", "write Memcheck:Leak");
    const auto colon = kind->find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == kind->size())
      return m_lines.error(0, "expected TOOL:KIND such as Memcheck:Leak, found '" + std::string(*kind) + "'");
    m_isLeak = isMemcheck(kind->substr(0, colon)) && kind->substr(colon + 1) == "Leak";
    if (auto frames = readFrames(); !frames) return tl::unexpected(std::move(frames.error()));
    return m_isLeak;
  }

 private:
  static bool isMemcheck(std::string_view tools) {
    while (!tools.empty()) {
      const auto end = std::min(tools.find(','), tools.size());
      if (trimmed(tools.substr(0, end)) == "Memcheck") return true;
      tools.remove_prefix(std::min(end + 1, tools.size()));
    }
    return false;
  }

  Result<void> readFrames() {
    bool isFirst = true;
    for (;;) {
      const auto line = m_lines.next();
      if (!line)
        return m_lines.error(0, "the suppression '" + m_suppression.name + "' does not end", "add a line }");
      if (*line == "}") break;
      auto rule = parseFrameRule(*line);
      if (rule) {
        if (m_suppression.frames.size() == kMostFrames)
          return m_lines.error(0, "more than " + std::to_string(kMostFrames) + " lines in one suppression");
        m_suppression.frames.push_back(std::move(*rule));
      } else if (!isFirst || (m_isLeak && !line->starts_with("match-leak-kinds:"))) {
        // Between the kind and the first line of the stack, kinds of other tools have a line of their own.
        return m_lines.error(rule.error().column, std::move(rule.error().what));
      }
      isFirst = false;
    }
    if (m_isLeak && m_suppression.frames.empty())
      return m_lines.error(0, "the suppression '" + m_suppression.name + "' has no lines of a stack");
    return {};
  }

  Lines& m_lines;
  Suppression& m_suppression;
  bool m_isLeak = false;
};

}  // namespace

tl::expected<FrameRule, FrameRuleError> parseFrameRule(std::string_view text) {
  const auto wrong = [](std::size_t column, std::string what) {
    return tl::unexpected(FrameRuleError{column, std::move(what)});
  };
  if (text == "...") return FrameRule{};
  const std::string_view kind = text.substr(0, std::min(text.find(':'), text.size()));
  if (kind.size() == text.size() || (kind != "fun" && kind != "obj" && kind != "src"))
    return wrong(0, "expected fun:, obj:, src: or ..., found '" + std::string(text.substr(0, 40)) + "'");
  std::string_view pattern = trimmed(text.substr(4));
  if (pattern.empty()) return wrong(4, "a pattern is missing behind " + std::string(kind) + ":");
  if (pattern.size() > kLongestName)
    return wrong(4, "the pattern is longer than " + std::to_string(kLongestName) + " characters");
  FrameRule rule;
  if (kind == "src") {
    rule.of = FrameRule::Of::Source;
    const auto colon = pattern.rfind(':');
    if (colon != std::string_view::npos && colon + 1 < pattern.size() &&
        pattern.find_first_not_of("0123456789", colon + 1) == std::string_view::npos) {
      constexpr std::size_t kMostDigits = 9;
      if (pattern.size() - colon - 1 > kMostDigits)
        return wrong(4 + colon + 1, "the line number is too large");
      rule.line = static_cast<std::uint32_t>(std::stoul(std::string(pattern.substr(colon + 1))));
      pattern = pattern.substr(0, colon);
    }
  } else {
    rule.of = kind == "fun" ? FrameRule::Of::Function : FrameRule::Of::Object;
  }
  rule.patterns.push_back(TextPattern::glob(std::string(pattern)));
  if (rule.of == FrameRule::Of::Function)
    for (std::string& glob : demangledGlobs(pattern))
      rule.patterns.push_back(TextPattern::glob(std::move(glob)));
  return rule;
}

Result<ParsedSuppressions> parseSuppressions(const std::string& source, std::string_view text) {
  ParsedSuppressions parsed;
  Lines lines(source, text);
  while (const auto line = lines.next()) {
    if (parsed.suppressions.size() == kMostSuppressions)
      return lines.error(0, "more than " + std::to_string(kMostSuppressions) + " suppressions in one file");
    Suppression suppression{.source = source, .line = lines.number(), .name = {}, .frames = {}};
    constexpr std::string_view kLeak = "leak:";
    if (line->starts_with(kLeak)) {
      const std::string_view pattern = trimmed(line->substr(kLeak.size()));
      if (pattern.empty()) return lines.error(kLeak.size(), "a pattern is missing behind leak:");
      if (pattern.size() > kLongestName)
        return lines.error(kLeak.size(),
                           "the pattern is longer than " + std::to_string(kLongestName) + " characters");
      suppression.name = *line;
      suppression.frames.push_back({});
      suppression.frames.push_back(
          {.of = FrameRule::Of::Any, .patterns = {TextPattern::part(std::string(pattern))}});
    } else if (*line == "{") {
      auto isLeak = ValgrindBlock(lines, suppression).read();
      if (!isLeak) return tl::unexpected(std::move(isLeak.error()));
      if (!*isLeak) {
        ++parsed.foreign;
        continue;
      }
    } else {
      return lines.error(0, "expected leak:PATTERN or {, found '" + std::string(line->substr(0, 40)) + "'",
                         "docs/reports.md shows both formats");
    }
    parsed.suppressions.push_back(std::move(suppression));
  }
  return parsed;
}

}  // namespace heaptap::analysis
