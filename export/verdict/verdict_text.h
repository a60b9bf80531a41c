// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/verdict/verdict_format.h"

namespace heaptap::exporting {

/// For people: what fails with its stacks, then a line for each check, then the verdict.
void writeVerdictText(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink);

/// What a check is of: the program, and the rule where it has one.
[[nodiscard]] std::string partOf(const analysis::Check& check);

/// A violation in one line: its message, and in how many sessions.
[[nodiscard]] std::string lineOf(const analysis::Violation& violation);

/// The stack, a frame a line, innermost first, each `function file:line`; at most `most` of them (0: all).
[[nodiscard]] std::string stackLinesOf(const analysis::Violation& violation, const VerdictStyle& style,
                                       std::string_view margin, std::size_t most);

/// The verdict in one sentence.
[[nodiscard]] std::string sentenceOf(const analysis::Verdict& verdict);

}  // namespace heaptap::exporting
