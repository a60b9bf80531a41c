// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/suppressions/suppression.h"
#include "base/error.h"

namespace heaptap::analysis {

/// Rules that say of leaks that they are known: the user's, from files, and built-in ones, for what runtimes
/// and libraries keep until the end on purpose.
/// Threads: one at a time; any once it no longer changes.
class Suppressions {
 public:
  enum class BuiltIn : std::uint8_t { Use, Leave };
  explicit Suppressions(BuiltIn builtIn = BuiltIn::Use);

  /// Adds those of a file. `text` is LeakSanitizer's or heaptrack's (`leak:PATTERN` lines), or valgrind's
  /// (`{ … }`), also both. `source`: how reports and errors name the file.
  /// Errors: Usage, with `source:line:column`; then nothing of it was added.
  Result<void> add(const std::string& source, std::string_view text);

  /// In the order in which they are tried: the user's in their order, then built-in ones.
  [[nodiscard]] const std::vector<Suppression>& all() const { return m_all; }
  /// Valgrind's suppressions that are about something else than leaks, in all files: left out.
  [[nodiscard]] std::uint64_t foreign() const { return m_foreign; }

 private:
  std::vector<Suppression> m_all;
  std::size_t m_users = 0;
  std::uint64_t m_foreign = 0;
};

/// What a file holds. Errors: as those of Suppressions::add().
struct ParsedSuppressions {
  std::vector<Suppression> suppressions;
  std::uint64_t foreign = 0;
};
[[nodiscard]] Result<ParsedSuppressions> parseSuppressions(const std::string& source, std::string_view text);

/// A line of valgrind's suppressions: `fun:…`, `obj:…`, `src:…`, `...`.
/// Errors: what is wrong with it, and the column (from 0).
struct FrameRuleError {
  std::size_t column = 0;
  std::string what;
};
[[nodiscard]] tl::expected<FrameRule, FrameRuleError> parseFrameRule(std::string_view text);

[[nodiscard]] std::vector<Suppression> builtInSuppressions();

}  // namespace heaptap::analysis
