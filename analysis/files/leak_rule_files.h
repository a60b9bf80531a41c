// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/leaks/leak_judge.h"
#include "base/error.h"

namespace heaptap::analysis {

/// Reads files of suppressions, each of at most 16 MiB; `-` is standard input. The rules also look into the
/// files of programs for what these have built in.
/// Errors: NotFound, NotPermitted; Usage for what is no suppression, with line and column.
[[nodiscard]] Result<LeakRules> readLeakRules(
    const std::vector<std::string>& files, Suppressions::BuiltIn builtIn = Suppressions::BuiltIn::Use);

}  // namespace heaptap::analysis
