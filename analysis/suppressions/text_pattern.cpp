// SPDX-License-Identifier: Apache-2.0
#include "analysis/suppressions/text_pattern.h"

#include <algorithm>

namespace heaptap::analysis {

TextPattern::TextPattern(std::string glob) : m_glob(std::move(glob)) {
  m_literals = m_glob.size() - static_cast<std::size_t>(std::count(m_glob.begin(), m_glob.end(), '*'));
}

TextPattern TextPattern::glob(std::string text) {
  TextPattern pattern(std::move(text));
  pattern.m_hasWildcards = pattern.m_glob.find_first_of("*?") != std::string::npos;
  return pattern;
}

TextPattern TextPattern::part(std::string text) {
  const bool isFromStart = text.starts_with('^');
  if (isFromStart) text.erase(0, 1);
  const auto end = text.find('$');
  // What follows `$` cannot match, and is not looked at.
  const bool isToEnd = end != std::string::npos;
  if (isToEnd) text.erase(end);
  TextPattern pattern((isFromStart ? "" : "*") + text + (isToEnd ? "" : "*"));
  pattern.m_isQuestionLiteral = true;
  pattern.m_hasWildcards = pattern.m_glob.find('*') != std::string::npos;
  return pattern;
}

bool TextPattern::matches(std::string_view name) const {
  if (matchesEverything()) return true;
  if (name.empty()) return false;
  name = name.substr(0, kLongestName);
  if (!m_hasWildcards) return name == m_glob;
  const std::string_view glob = m_glob;
  std::size_t at = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;  // Where the last `*` is tried next.
  std::size_t i = 0;
  while (i < name.size()) {
    if (at < glob.size() && glob[at] == '*') {
      star = at++;
      retry = i;
    } else if (at < glob.size() && (glob[at] == name[i] || (glob[at] == '?' && !m_isQuestionLiteral))) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++retry;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace heaptap::analysis
