// SPDX-License-Identifier: Apache-2.0
#include "analysis/suppressions/name_pattern.h"

#include "analysis/suppressions/text_pattern.h"

namespace heaptap::analysis {

std::string patternFor(std::string_view name, std::string_view special) {
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

}  // namespace heaptap::analysis
