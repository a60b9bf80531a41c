// SPDX-License-Identifier: Apache-2.0
#include "cli/check/gate_arguments.h"

#include <CLI/CLI.hpp>
#include <string>

#include "cli/options.h"
#include "export/verdict/verdict_format.h"

namespace heaptap::cli {
namespace {

std::string formatHelp() {
  std::string known;
  for (const exporting::VerdictFormat& format : exporting::verdictFormats())
    known += (known.empty() ? "" : ", ") + std::string(format.name);
  return "How the verdict is written, and to which file; may be repeated: " + known + " [text]";
}

}  // namespace

void addGateArguments(CLI::App& app, GateOptions& options, CLI::Option* condition) {
  const auto add = [&](CLI::Option* option) {
    if (condition != nullptr) option->needs(condition);
    return option;
  };
  add(app.add_option("--policy", options.policy, "Limits and rules (docs/ci.md) [no leak, no wrong use]"))
      ->type_name("FILE");
  add(app.add_option(
          "--baseline", options.baselines,
          "A run that is as it should be: a session, or what --write-baseline wrote; may be repeated"))
      ->type_name("FILE")
      ->allow_extra_args(false);
  add(app.add_option("--write-baseline", options.writeBaseline,
                     "Write what is so into FILE, for --baseline; nothing fails then"))
      ->type_name("FILE");
  addSuppressions(app, options.suppressions);
  for (const char* const name : {"--suppressions", "--no-builtin-suppressions"}) add(app.get_option(name));
  add(app.add_option("--format", options.formats, formatHelp()))
      ->type_name("FORMAT[=FILE]")
      ->allow_extra_args(false);
  add(app.add_option("--root", options.root, "Folder that paths of sources are relative to [this folder]"))
      ->type_name("FOLDER");
}

}  // namespace heaptap::cli
