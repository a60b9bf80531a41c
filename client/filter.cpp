// SPDX-License-Identifier: Apache-2.0
#include "client/filter.h"

#include <re2/re2.h>

#include <memory>
#include <string_view>
#include <utility>

#include "client/stack_lines.h"

namespace heaptap::client {
namespace {

/// Looks for a pattern in texts, in each one once.
class TextMatcher {
 public:
  /// Errors: Usage.
  static Result<TextMatcher> of(const std::optional<TextPattern>& pattern, std::size_t texts) {
    TextMatcher matcher;
    if (!pattern) return matcher;
    matcher.m_pattern = *pattern;
    matcher.m_known.resize(texts, kUnknown);
    if (pattern->isRegex) {
      // Names are bytes: what is not UTF-8 must not keep the rest from being found.
      RE2::Options options(RE2::Latin1);
      options.set_log_errors(false);
      matcher.m_regex = std::make_unique<RE2>(pattern->text, options);
      if (!matcher.m_regex->ok())
        return failure(Code::Usage,
                       pattern->option.empty() ? pattern->text : pattern->option + " /" + pattern->text + "/",
                       "is no regular expression: " + matcher.m_regex->error(),
                       "without the slashes it is looked for as it is");
    }
    return matcher;
  }

  [[nodiscard]] bool isAny() const { return !m_pattern; }
  bool matches(std::size_t id, std::string_view text) {
    if (!m_pattern) return true;
    std::uint8_t& known = m_known[id];
    if (known == kUnknown) known = look(text) ? 1 : 0;
    return known == 1;
  }

 private:
  static constexpr std::uint8_t kUnknown = 2;

  [[nodiscard]] bool look(std::string_view text) const {
    if (m_regex) return RE2::PartialMatch({text.data(), text.size()}, *m_regex);
    return text.find(m_pattern->text) != std::string_view::npos;
  }

  std::optional<TextPattern> m_pattern;
  std::unique_ptr<RE2> m_regex;
  std::vector<std::uint8_t> m_known;  ///< By id of the text.
};

}  // namespace

Result<FilterMatch> FilterMatch::of(const Profile& profile, const Filter& filter) {
  const model::DefinitionsView& definitions = profile.definitions;
  FilterMatch match;
  match.m_filter = filter;
  if (!filter.function && !filter.file && !filter.module) return match;
  auto function = TextMatcher::of(filter.function, definitions.texts.size());
  if (!function) return tl::unexpected(function.error());
  auto file = TextMatcher::of(filter.file, definitions.texts.size());
  if (!file) return tl::unexpected(file.error());
  auto module = TextMatcher::of(filter.module, definitions.modules.size() + 1);
  if (!module) return tl::unexpected(module.error());

  std::vector<std::uint8_t> frames(definitions.frames.size(), 0);
  for (std::size_t i = 1; i < frames.size(); ++i) {
    const auto id = static_cast<model::FrameId>(i);
    const model::Frame& frame = definitions.frame(id);
    const bool inModule = module->matches(
        frame.module, frame.module == 0 ? std::string_view() : definitions.modules[frame.module - 1].path);
    if (!inModule) continue;
    const auto functions = profile.names->functions(id);
    const model::FrameNames::Lines lines = profile.names->lines(id);
    for (std::uint32_t at = 0; at < functions.size() && frames[i] == 0; ++at) {
      if (functions[at] == FrameNames::kAllocator) continue;
      const bool isPlace = meaningOf(frame.flags).empty();
      const model::SymbolLine line =
          at < lines.count && isPlace ? definitions.lines[lines.first + at] : model::SymbolLine();
      const auto in = [&](TextMatcher& matcher, model::TextId text) {
        return matcher.matches(index(text), definitions.texts[index(text)]);
      };
      frames[i] = in(*function, line.function) && in(*file, line.file) ? 1 : 0;
    }
  }
  match.m_stacks.resize(definitions.stacks.size(), 0);
  for (std::size_t i = 1; i < match.m_stacks.size(); ++i) {
    const model::StackNode& node = definitions.stack(static_cast<model::StackId>(i));
    match.m_stacks[i] = match.m_stacks[index(node.parent)] | frames[index(node.frame)];
  }
  return match;
}

}  // namespace heaptap::client
