// SPDX-License-Identifier: Apache-2.0
#include "cli/control/live_session.h"

#include <charconv>
#include <chrono>
#include <system_error>
#include <thread>

namespace heaptap::cli {
namespace {

/// The latest session of the process that a collector knows; none when it knows none.
Result<std::optional<v1::SessionInfo>> latestSessionOf(client::ProfileSource& source, pid_t pid) {
  auto sessions = source.sessions({});
  if (!sessions) return tl::unexpected(sessions.error());
  std::optional<v1::SessionInfo> latest;
  for (const v1::SessionInfo& info : *sessions)
    if (info.pid() == static_cast<std::uint32_t>(pid) &&
        (!latest || latest->started_at_unix_ns() < info.started_at_unix_ns()))
      latest = info;
  return latest;
}

}  // namespace

std::optional<pid_t> processId(const std::string& text) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  return error == std::errc() && end == text.data() + text.size() && pid > 0 ? std::optional(pid)
                                                                             : std::nullopt;
}

Result<std::string> liveSessionOf(client::ProfileSource& source, pid_t pid, const std::string& address) {
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

}  // namespace heaptap::cli
