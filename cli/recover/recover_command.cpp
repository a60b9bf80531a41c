// SPDX-License-Identifier: Apache-2.0
#include "cli/recover/recover_command.h"

#include <poll.h>

#include <algorithm>

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/run/installation.h"
#include "cli/run/output_target.h"
#include "cli/run/run_summary.h"
#include "cli/terminal/progress.h"

namespace heaptap::cli {
namespace {

Result<Recording> start(const RecordingOptions& options) {
  auto parts = Installation::find();
  if (!parts) return tl::unexpected(parts.error());
  if (!options.collector)
    if (auto checked = checkOutput(options.output, options.force); !checked)
      return tl::unexpected(checked.error());
  return Recording::start(*parts, options);
}

void waitUntilOver(Recording& recording, const RecoverOptions& options) {
  Progress progress(options.quiet);
  progress.begin("recovering " + options.recording.recover.string());
  while (!recording.isOver()) {
    auto waits = recording.waits();
    poll(waits.data(), waits.size(), -1);
    recording.exchange();
  }
}

}  // namespace

int recoverCommand(RecoverOptions options) {
  // The relay's working folder is its own affair.
  options.recording.recover = std::filesystem::absolute(options.recording.recover);
  auto recording = start(options.recording);
  if (!recording) {
    printError(recording.error());
    return exitCodeFor(recording.error().code);
  }
  recording->nothingFollows();
  waitUntilOver(*recording, options);
  const auto& sessions = recording->sessions();
  printRunSummary({.name = options.recording.recover.filename().string(),
                   .pid = sessions.empty() ? 0 : sessions.front().pid,
                   .waitStatus = std::nullopt,
                   .collector = options.recording.collector,
                   .complete = true,
                   .quiet = options.quiet},
                  *recording);
  const bool stored =
      recording->troubles().empty() &&
      std::all_of(sessions.begin(), sessions.end(), [](const auto& s) { return s.trouble.empty(); });
  return stored ? kExitOk : exitCodeFor(Code::Unavailable);
}

}  // namespace heaptap::cli
