// SPDX-License-Identifier: Apache-2.0
#include "cli/run/recording_options.h"

#include <CLI/CLI.hpp>

#include "cli/exit_code.h"
#include "cli/options.h"

namespace heaptap::cli {

void addRecordingTarget(CLI::App& app, RecordingOptions& recording) {
  app.add_option("-o,--output", recording.output, "Session file [COMMAND.PID.heaptap]")->type_name("FILE");
  addCollector(app, recording.collector);
  addSize(app, "--max-file", recording.maxFileBytes,
          "Largest session file; the oldest events go first [a quarter of the free space]");
  app.add_flag("--no-events", recording.withoutEvents,
               "Keep all numbers, and no single events: small files, however long it runs");
  app.add_flag("--force", recording.force, "Replace existing session files, never others");
  addSearch(app, recording.search);
}

void checkRecordingTarget(RecordingOptions& recording) {
  if (recording.collector && (!recording.output.empty() || recording.maxFileBytes != 0))
    throw CLI::ParseError(
        "--output and --max-file are for a private collector; with --collector, the collector decides",
        kExitUsage);
  if (const auto checked = checkSearch(recording.search); !checked)
    throw CLI::ParseError(checked.error().line(), kExitUsage);
}

}  // namespace heaptap::cli
