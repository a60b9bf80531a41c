// SPDX-License-Identifier: Apache-2.0
#include "cli/control/control_command.h"

#include "cli/control/live_session.h"
#include "cli/control/recorded_process.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "client/collector_source.h"

namespace heaptap::cli {
namespace {

Result<void> send(const ControlOptions& options) {
  const std::optional<pid_t> pid = processId(options.target);
  if (!pid && !options.collector)
    return failure(Code::Usage, options.target, "is no process id", "a session's id needs --collector ADDR");
  std::string address = options.collector.value_or("");
  if (!options.collector) {
    auto found = collectorOf(*pid);
    if (!found) return tl::unexpected(found.error());
    address = *found;
  }
  auto source = client::CollectorSource::connect(address);
  if (!source) return tl::unexpected(source.error());
  std::string session = options.target;
  if (pid) {
    auto found = liveSessionOf(**source, *pid, address);
    // With a collector, digits may also be the beginning of an id.
    if (!found && !options.collector) return tl::unexpected(found.error());
    if (found) session = *found;
  }
  return (*source)->command(session, options.command, {});
}

}  // namespace

int controlCommand(const ControlOptions& options) {
  const Result<void> sent = send(options);
  if (sent) return kExitOk;
  printError(sent.error());
  return exitCodeFor(sent.error().code);
}

}  // namespace heaptap::cli
