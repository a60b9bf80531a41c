// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace heaptap::analysis {

/// Names longer than this are looked at in their beginning only.
inline constexpr std::size_t kLongestName = 4096;

/// A pattern for names, in one of two languages:
///   glob: the whole name; `*` is any text, `?` any character (valgrind's)
///   part: anywhere in the name; `*` is any text, `^` and `$` are the name's ends (LeakSanitizer's)
class TextPattern {
 public:
  [[nodiscard]] static TextPattern glob(std::string text);
  [[nodiscard]] static TextPattern part(std::string text);

  /// An empty name is not known: only what matches everything matches it.
  [[nodiscard]] bool matches(std::string_view name) const;

  /// The only name that matches, where there is just one; else empty.
  [[nodiscard]] std::string_view onlyName() const { return m_hasWildcards ? std::string_view() : m_glob; }
  [[nodiscard]] bool matchesEverything() const {
    return !m_glob.empty() && m_glob.find_first_not_of('*') == std::string::npos;
  }
  /// As a glob.
  [[nodiscard]] std::string_view text() const { return m_glob; }
  /// Characters that must be in a name: a measure of how much the pattern says.
  [[nodiscard]] std::size_t literals() const { return m_literals; }

 private:
  explicit TextPattern(std::string glob);

  std::string m_glob;
  bool m_hasWildcards = false;
  /// Of a `part`: which of the glob's characters are meant as they are, as `?` is no wildcard there.
  bool m_isQuestionLiteral = false;
  std::size_t m_literals = 0;
};

}  // namespace heaptap::analysis
