// SPDX-License-Identifier: Apache-2.0
#include "cli/import/import_command.h"

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/terminal/progress.h"
#include "cli/unfinished_file.h"
#include "collector/store/anonymized_copy.h"
#include "import/import_file.h"

namespace heaptap::cli {
namespace {

int statusOf(const Error& error) {
  printError(error);
  return exitCodeFor(error.code);
}

}  // namespace

int importCommand(const CopyOptions& options) {
  const UnfinishedFile unfinished(options.output, UnfinishedFile::Owner::Unknown);
  Progress progress(options.isQuiet);
  progress.begin("importing " + options.file);
  const auto imported = importing::importFile(options.file, options.output, options.force);
  if (!imported) return statusOf(imported.error());
  printNote(options.output + ": imported from " + imported->format + ", which does not tell " +
            imported->lacking);
  return kExitOk;
}

int anonymizeCommand(const CopyOptions& options) {
  const UnfinishedFile unfinished(options.output, UnfinishedFile::Owner::Unknown);
  Progress progress(options.isQuiet);
  progress.begin("copying " + options.file);
  const auto written = store::writeAnonymizedCopy(options.file, options.output, options.force);
  return written ? kExitOk : statusOf(written.error());
}

}  // namespace heaptap::cli
