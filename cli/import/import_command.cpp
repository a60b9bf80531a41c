// SPDX-License-Identifier: Apache-2.0
#include "cli/import/import_command.h"

#include "analysis/public_names.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/terminal/progress.h"
#include "cli/unfinished_file.h"
#include "collector/store/anonymized_copy.h"
#include "import/import_file.h"
#include "text/shell_word.h"

namespace heaptap::cli {
namespace {

int statusOf(const Error& error) {
  printError(error);
  return exitCodeFor(error.code);
}

/// What there is now, and what to do with it.
void sayWritten(const CopyOptions& options, const std::string& what, const std::string& advice) {
  if (options.isQuiet) return;
  Progress::end();
  printNote("wrote " + options.output + ": " + what);
  printNote("next: heaptap report " + shellWord(options.output) + (advice.empty() ? "" : "   # " + advice));
}

}  // namespace

int importCommand(const CopyOptions& options) {
  const UnfinishedFile unfinished(options.output, UnfinishedFile::Owner::Unknown);
  Progress progress(options.isQuiet);
  progress.begin("importing " + options.file);
  const auto imported = importing::importFile(options.file, options.output, options.force);
  if (!imported) return statusOf(imported.error());
  sayWritten(options, "imported from " + imported->format + ", which does not tell " + imported->lacking, {});
  return kExitOk;
}

int anonymizeCommand(const CopyOptions& options) {
  const UnfinishedFile unfinished(options.output, UnfinishedFile::Owner::Unknown);
  Progress progress(options.isQuiet);
  progress.begin("copying " + options.file);
  const analysis::PublicNames names;
  const auto keep = [&names](auto part) {
    return [&names, part](std::string_view name, const std::string& substitute) {
      return (names.*part)(name, substitute);
    };
  };
  const auto written = store::writeAnonymizedCopy(
      options.file, options.output, options.force,
      {.function = keep(&analysis::PublicNames::function),
       .module = keep(&analysis::PublicNames::module),
       .file = keep(&analysis::PublicNames::file),
       .isOfTheSystem = [&names](std::string_view module) { return names.isOfTheSystem(module); }});
  if (!written) return statusOf(written.error());
  sayWritten(options, "a copy without names of the program", "look at it before you send it");
  return kExitOk;
}

}  // namespace heaptap::cli
