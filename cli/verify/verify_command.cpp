// SPDX-License-Identifier: Apache-2.0
#include "cli/verify/verify_command.h"

#include <string>

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/terminal/progress.h"
#include "collector/store/verification/session_verification.h"
#include "text/printable.h"
#include "text/quantity.h"

namespace heaptap::cli {
namespace {

std::string with(std::uint64_t snapshots, std::uint64_t keyframes) {
  std::string with;
  if (snapshots != 0) with += ", with " + formatNumberOf(snapshots, "snapshot");
  if (keyframes != 0) with += (with.empty() ? ", with " : " and ") + formatNumberOf(keyframes, "keyframe");
  return with;
}

std::string outcomeOf(const store::Verification& verification) {
  const std::string agree = "its numbers agree with each other" +
                            (verification.snapshots == 0
                                 ? std::string()
                                 : ", as do those of " + formatNumberOf(verification.snapshots, "snapshot"));
  if (verification.isImported) return "imported, without events: " + agree;
  if (verification.isWithoutEvents) return "recorded without events (--no-events): " + agree;
  const std::string events = formatNumberOf(verification.events, "event");
  if (verification.eventsNotStored != 0)
    return events + " decoded; " + formatNumberOf(verification.eventsNotStored, "event") +
           " not stored, so that the numbers cannot be compared" + with(0, verification.keyframes);
  if (!verification.differences.empty()) return {};
  return events + ", as counted" + with(verification.snapshots, verification.keyframes);
}

}  // namespace

int verifyCommand(const VerifyOptions& options) {
  Output out;
  int status = kExitOk;
  const auto fail = [&status](const Error& error) {
    printError(error);
    if (status == kExitOk) status = exitCodeFor(error.code);
  };
  for (const std::filesystem::path& file : options.files) {
    Progress progress(options.isQuiet);
    progress.begin("counting the events of " + printable(file.string()));
    const auto verification = store::verifySession(file);
    if (!verification) {
      fail(verification.error());
      continue;
    }
    for (const std::string& difference : verification->differences)
      out.write(printable(file.string()) + ": " + printable(difference) + "\n");
    if (!verification->differences.empty())
      fail({Code::Corrupt, file.string(), "its numbers are not those of its events", {}});
    else if (!options.isQuiet)
      out.write(printable(file.string()) + ": " + outcomeOf(*verification) + "\n");
  }
  if (const auto written = out.finish(); !written) fail(written.error());
  return status;
}

}  // namespace heaptap::cli
