// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/policy/metric.h"
#include "base/error.h"

namespace heaptap::analysis {

/// The most that a number may be. None: any.
struct Limit {
  std::optional<std::uint64_t> most = std::nullopt;
  bool operator==(const Limit&) const = default;
};

/// By how much a number may exceed the baseline's.
struct Growth {
  std::uint64_t amount = 0;
  std::optional<double> percent = std::nullopt;  ///< In place of the amount: of the baseline's number.
  bool isAny = false;

  /// How much that is, of a number of the baseline.
  [[nodiscard]] std::uint64_t allowed(std::uint64_t before) const;
  bool operator==(const Growth&) const = default;
};

/// Which stacks a rule is about: those with a line of which all that is said holds. Patterns are those of
/// suppressions: found anywhere in the text, `*` stands for anything, `^` and `$` for its ends.
struct RuleScope {
  std::string function;
  std::string module;
  std::string file;
  std::string heap;  ///< Name of one; empty: malloc's.

  [[nodiscard]] bool isWhole() const {
    return function.empty() && module.empty() && file.empty() && heap.empty();
  }
  bool operator==(const RuleScope&) const = default;
};

/// What is checked of a part of a program, or of all of it.
struct Rule {
  std::string name;  ///< Empty: of the whole program.
  RuleScope scope = {};
  PerMetric<std::optional<Limit>> limits = {};   ///< None: nothing was said.
  PerMetric<std::optional<Growth>> growth = {};  ///< Likewise.
  bool operator==(const Rule&) const = default;
};

/// What a session must be like to pass.
struct Policy {
  Rule whole;
  std::vector<Rule> rules;
  std::vector<std::string> suppressions;  ///< Files, relative to that of the policy.
  bool allowsIncomplete = false;          ///< A record that was cut short, or lacks events, may pass.
  bool operator==(const Policy&) const = default;
};

/// Reads a policy. `source`: how errors name the file. docs/ci.md describes the format, which is TOML.
/// Errors: Usage, with `source:line:column`, of the first thing that is wrong: also of keys that are not
/// known.
[[nodiscard]] Result<Policy> parsePolicy(const std::string& source, std::string_view text);

/// A pattern of a scope as a regular expression of RE2.
[[nodiscard]] std::string regexOf(std::string_view pattern);

}  // namespace heaptap::analysis
