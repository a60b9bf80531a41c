// SPDX-License-Identifier: Apache-2.0
#include "cli/recover/recover_command.h"

#include <poll.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/run/installation.h"
#include "cli/run/output_target.h"
#include "cli/run/run_summary.h"
#include "cli/terminal/progress.h"
#include "collector/store/abandoned_file.h"
#include "collector/store/session_reader.h"
#include "text/shell_word.h"

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

bool isSession(const std::filesystem::path& file) {
  constexpr std::string_view kBegin = "SQLite format 3";
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return false;
  std::string begin(kBegin.size(), '\0');
  std::ifstream(file, std::ios::binary).read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return begin == kBegin;
}

/// A session whose collector was killed: it is where it is, and so it stays.
int recoverSession(const RecoverOptions& options) {
  const std::string file = options.recording.recover.string();
  const auto fail = [](const Error& error) {
    printError(error);
    return exitCodeFor(error.code);
  };
  if (!options.recording.output.empty() || options.recording.collector || options.recording.withoutEvents)
    return fail({Code::Usage, file, "is a session already, and is recovered in its place",
                 "leave -o, --collector and --no-events out"});
  // A reader of its own would keep the log. What a program that changed the file has left half done is no
  // reader's to undo.
  const bool isHalfChanged = store::isHalfChanged(file);
  if (!isHalfChanged)
    if (const auto opened = store::SessionReader::open(file); !opened) return fail(opened.error());
  const bool wasAbandoned = store::isAbandoned(file);
  if (const auto tidied = store::tidyAbandoned(file); !tidied) return fail(tidied.error());
  if (options.quiet) return kExitOk;
  printNote(file + (wasAbandoned    ? ": what its collector has left beside it is in the file now"
                    : isHalfChanged ? ": what was changed only in part is as it was before"
                                    : ": nothing is to be recovered"));
  printNote("next: heaptap report " + shellWord(file));
  return kExitOk;
}

}  // namespace

int recoverCommand(RecoverOptions options) {
  if (isSession(options.recording.recover)) return recoverSession(options);
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
