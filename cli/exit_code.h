// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "base/error.h"

namespace heaptap::cli {

/// What one kind of error makes of the exit status. The one table; docs/exit-codes.md shows it, and a
/// test compares the two.
struct ExitCode {
  Code code;
  std::string_view name;
  int general;  ///< For every subcommand but `run`.
  int run;      ///< For `heaptap run`, whose other exit statuses are COMMAND's own.
};

inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitGateFailed =
    10;  ///< `heaptap check`, `run --check`: a session is not as it should be.
inline constexpr int kExitLimitReached = 11;  ///< `heaptap query`: the statements took too long, or too much.
inline constexpr int kExitRunFailed = 125;  ///< `heaptap run` failed before COMMAND was started.

/// One row for each Code, in the order of the enumeration.
[[nodiscard]] std::span<const ExitCode> exitCodes();

[[nodiscard]] int exitCodeFor(Code code);
[[nodiscard]] int runExitCodeFor(Code code);

/// The exit status for a wait status, in the form of the shell: 128 + N when signal N killed the process.
[[nodiscard]] int shellStatus(int waitStatus);

}  // namespace heaptap::cli
