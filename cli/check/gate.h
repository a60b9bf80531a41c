// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/leaks/leak_judge.h"
#include "analysis/policy/baseline.h"
#include "analysis/policy/measured_session.h"
#include "analysis/policy/policy.h"
#include "base/error.h"
#include "cli/check/check_options.h"
#include "cli/terminal/progress.h"
#include "export/verdict/verdict_format.h"

namespace heaptap::cli {

/// What sessions are judged by, read; and where the verdict goes.
class Gate {
 public:
  /// Reads all that `options` name, before there are sessions: what is wrong with it is said before a program
  /// runs. Errors: those of the files; Usage: what a policy, a suppression, or a format is not.
  [[nodiscard]] static Result<Gate> open(const GateOptions& options);

  /// Where formats without a file go.
  enum class Stream : std::uint8_t { Output, Error };

  /// Judges sessions and writes the verdict in all formats, and the baseline if one is asked for. True: all
  /// passed. Where a baseline is written, nothing fails: what a baseline does not let pass, such as a limit
  /// of the policy, is a note of the verdict. Errors: those of openSession() and of the files that are
  /// written.
  [[nodiscard]] Result<bool> check(const std::vector<std::string>& sessions,
                                   const std::optional<std::string>& collector, Stream stream) const;

 private:
  /// A format, and the file that it goes to; empty: standard output.
  struct Target {
    const exporting::VerdictFormat* format = nullptr;
    std::string file;
  };

  Gate() = default;
  Result<void> readTargets(const GateOptions& options);
  Result<void> readLeakRules(const GateOptions& options);
  Result<void> readBaselines(const GateOptions& options);
  [[nodiscard]] Result<std::vector<analysis::MeasuredSession>> measured(
      const std::vector<std::string>& sessions, const std::optional<std::string>& collector,
      Progress& progress) const;
  /// `plain`: of files.
  [[nodiscard]] Result<void> write(const analysis::Verdict& verdict, const exporting::VerdictStyle& plain,
                                   Stream stream, Progress& progress) const;
  /// Writes the sessions as a baseline, and says so, unless it is to be quiet.
  [[nodiscard]] Result<void> writeBaseline(const std::vector<analysis::MeasuredSession>& measured,
                                           Progress& progress) const;

  analysis::Policy m_policy;
  analysis::LeakRules m_rules;
  analysis::Baseline m_baseline;  ///< Of files.
  std::vector<std::string>
      m_baselineSessions;  ///< Read when they are needed: before that, a process may be forked.
  std::vector<Target> m_targets;
  std::string m_writeBaseline;
  bool m_isQuiet = false;
  ColourChoice m_colour = ColourChoice::Auto;
  exporting::VerdictStyle m_style;
};

}  // namespace heaptap::cli
