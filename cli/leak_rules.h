// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/leaks/leak_judge.h"
#include "base/error.h"

namespace heaptap::cli {

/// What the command line says about suppressions.
struct SuppressionOptions {
  std::vector<std::string> files;
  bool noBuiltIn = false;

  [[nodiscard]] bool isGiven() const { return noBuiltIn || !files.empty(); }
};

/// What leaks are judged by. What a judgement has to do without is a warning on standard error.
/// Errors: as analysis::readLeakRules().
[[nodiscard]] Result<analysis::LeakRules> readLeakRules(const SuppressionOptions& options);

}  // namespace heaptap::cli
