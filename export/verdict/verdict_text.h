// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "export/verdict/verdict_format.h"

namespace heaptap::exporting {

/// For people: what fails with its stacks, then a line for each check, then the verdict.
void writeVerdictText(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink);

/// What a check is of: the program, and the rule where it has one.
[[nodiscard]] std::string partOf(const analysis::Check& check);

/// A violation's message, with the file and line of its place: `leaks 300 B …, allocated by parse
/// (src/a.c:7)`.
[[nodiscard]] std::string messageOf(const analysis::Violation& violation, const VerdictStyle& style);

/// A violation in one line: the same, and in how many sessions.
[[nodiscard]] std::string lineOf(const analysis::Violation& violation, const VerdictStyle& style);

/// What else is known, a line each, without the last one's end; may be empty.
[[nodiscard]] std::string detailOf(const analysis::Violation& violation, const VerdictStyle& style);

/// The stack, a frame a line, innermost first, each `function file:line`.
[[nodiscard]] std::string stackLinesOf(const analysis::Violation& violation, const VerdictStyle& style,
                                       std::string_view margin);

/// The verdict in one sentence.
[[nodiscard]] std::string sentenceOf(const analysis::Verdict& verdict);

/// Commands that show the sessions that have failed, the worst first; of many only some.
[[nodiscard]] std::vector<std::string> nextSteps(const analysis::Verdict& verdict, const VerdictStyle& style);

}  // namespace heaptap::exporting
