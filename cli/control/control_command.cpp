// SPDX-License-Identifier: Apache-2.0
#include "cli/control/control_command.h"

#include <charconv>
#include <chrono>
#include <thread>

#include "cli/control/recorded_process.h"
#include "cli/exit_code.h"
#include "cli/message.h"
#include "client/collector_source.h"

namespace heaptap::cli {
namespace {

std::optional<pid_t> processId(const std::string& text) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  return error == std::errc() && end == text.data() + text.size() && pid > 0 ? std::optional(pid)
                                                                             : std::nullopt;
}

/// The latest session of the process that a collector knows; none when it knows none.
Result<std::optional<v1::SessionInfo>> latestSessionOf(client::CollectorSource& source, pid_t pid) {
  auto sessions = source.sessions({});
  if (!sessions) return tl::unexpected(sessions.error());
  std::optional<v1::SessionInfo> latest;
  for (const v1::SessionInfo& info : *sessions)
    if (info.pid() == static_cast<std::uint32_t>(pid) &&
        (!latest || latest->started_at_unix_ns() < info.started_at_unix_ns()))
      latest = info;
  return latest;
}

/// The session of the process's present image. A process that was just started may be on its way to the
/// collector: that is waited for.
Result<std::string> liveSessionOf(client::CollectorSource& source, pid_t pid, const std::string& address) {
  constexpr auto kPatience = std::chrono::seconds(2);
  constexpr auto kInterval = std::chrono::milliseconds(20);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    const auto latest = latestSessionOf(source, pid);
    if (!latest) return tl::unexpected(latest.error());
    if (*latest && (*latest)->state() == v1::SESSION_LIVE) return (*latest)->id();
    if (*latest || std::chrono::steady_clock::now() >= deadline)
      return failure(Code::NotFound, "process " + std::to_string(pid),
                     "is not being recorded at " + address + (*latest ? " any more" : ""));
    std::this_thread::sleep_for(kInterval);
  }
}

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
