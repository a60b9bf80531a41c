// SPDX-License-Identifier: Apache-2.0
#include "cli/leak_rules.h"

#include <utility>

#include "analysis/files/leak_rule_files.h"
#include "cli/message.h"

namespace heaptap::cli {

Result<analysis::LeakRules> readLeakRules(const SuppressionOptions& options) {
  using BuiltIn = analysis::Suppressions::BuiltIn;
  auto rules = analysis::readLeakRules(options.files, options.noBuiltIn ? BuiltIn::Leave : BuiltIn::Use);
  if (rules) rules->onDoubt = [](const std::string& text) { printWarning(text); };
  return rules;
}

}  // namespace heaptap::cli
