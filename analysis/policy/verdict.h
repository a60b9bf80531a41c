// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/policy/metric.h"

namespace heaptap::analysis {

/// One line of a stack. Owns: its texts: bytes, as they were recorded.
struct CodePlace {
  std::string function = {};  ///< Empty: unknown, likewise the next two.
  std::string file = {};
  std::string module = {};
  std::uint32_t line = 0;  ///< 0: unknown.
  std::uint64_t pc = 0;    ///< Address in the module's file; without a module, in the process.
};

/// `parse(int)`; where the code has no name `app+0x12a4`. In one line of at most `columns`, 0: any.
[[nodiscard]] std::string labelOf(const CodePlace& place, std::size_t columns);

/// Something that keeps a session from passing.
struct Violation {
  /// One sentence, without its end: "leaks 300 B in 3 blocks, allocated by parse(int)". Where that is,
  /// `place` says: what is shown of a path depends on who reads it.
  std::string message;
  std::string detail = {};   ///< What else is known, a line each; may be empty.
  std::string session = {};  ///< The one that it is from; of several, that in which it is worst.
  std::optional<std::uint64_t> bytes = std::nullopt;  ///< Of a leak; likewise the next two.
  std::optional<bool> isGrowing = std::nullopt;       ///< None: its history is not known.
  std::optional<double> confidence = std::nullopt;    ///< From 0 to 1, that it is a leak (docs/reports.md).
  std::size_t sessions = 1;                           ///< In how many of the program's sessions it is.
  CodePlace place = {};  ///< The program's own innermost line; nothing where it is of the whole program.
  std::optional<CodePlace> allocatedAt = std::nullopt;  ///< Of a wrong use: where its block was made.
  std::vector<CodePlace> stack = {};                    ///< Innermost first; may be empty.
  /// The same for the same violation in other builds and other runs.
  std::string fingerprint = {};
};

/// One thing that was looked at, of the sessions of one program.
struct Check {
  std::string id = {};    ///< `leaked`, …, the word of a metric; `leaked-growth`, …; `record`.
  std::string rule = {};  ///< Name of the policy's rule; empty: the whole program.
  std::string program = {};
  std::string title = {};                  ///< "leaked bytes: at most 0 B"
  std::string measured = {};               ///< "300 B"; empty: nothing to measure.
  std::vector<Violation> violations = {};  ///< Empty: passed.

  [[nodiscard]] bool passed() const { return violations.empty(); }
};

/// Whether sessions are what a policy wants them to be.
struct Verdict {
  std::vector<std::string> sessions;  ///< That were looked at, in the order given.
  std::vector<Check> checks;
  std::vector<std::string> notes;  ///< What the reader must know, a line each; none of it fails.

  [[nodiscard]] bool passed() const {
    for (const Check& check : checks)
      if (!check.passed()) return false;
    return true;
  }
  [[nodiscard]] std::size_t violations() const {
    std::size_t all = 0;
    for (const Check& check : checks) all += check.violations.size();
    return all;
  }
};

/// A verdict while a baseline is written, when nothing fails: checks that have failed are notes instead,
/// which begin with `why`.
[[nodiscard]] Verdict withoutFailures(Verdict verdict, const std::string& why);

/// What a check's id is about, for tools that list their rules; also of ids with `-growth`.
[[nodiscard]] std::string descriptionOf(std::string_view id);

}  // namespace heaptap::analysis
