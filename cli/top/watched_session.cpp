// SPDX-License-Identifier: Apache-2.0
#include "cli/top/watched_session.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/control/live_session.h"
#include "cli/control/recorded_process.h"
#include "cli/session_source.h"

namespace heaptap::cli {

Result<client::Profile> WatchedSession::profileNow(const std::stop_token& stop) {
  if (!m_last) return m_source->profile(m_session, {}, stop);
  return m_source->refresh(*m_last, stop).map([](client::Refreshed refreshed) {
    return std::move(refreshed.profile);
  });
}

std::optional<client::Profile> WatchedSession::profileOfFile(const std::stop_token& stop) const {
  if (!m_isOnThisHost || !m_last || m_last->summary->info().file().empty()) return std::nullopt;
  auto opened = openSession(m_last->summary->info().file(), std::nullopt);
  if (!opened || opened->id != m_last->summary->info().id()) return std::nullopt;
  // Where the record has no end, its collector may come back, and go on with it.
  const auto infos = opened->source->sessions(stop);
  if (!infos || infos->empty() || infos->front().state() != v1::SESSION_COMPLETE) return std::nullopt;
  auto profile = opened->source->profile(opened->id, {}, stop);
  return profile ? std::optional(std::move(*profile)) : std::nullopt;
}

std::optional<std::uint64_t> WatchedSession::residentNow(const std::stop_token& stop) {
  std::optional<std::uint64_t> bytes;
  std::stop_source afterFirst;
  const std::stop_callback ends(stop, [&afterFirst] { afterFirst.request_stop(); });
  constexpr std::chrono::milliseconds kInterval{500};  // Of what is not waited for.
  (void)m_source->watch(
      m_last->summary->info().id(), kInterval,
      [&](const v1::Status& status) {
        if (status.has_rss_bytes()) bytes = status.rss_bytes();
        afterFirst.request_stop();
      },
      afterFirst.get_token());
  return bytes;
}

Result<Look> WatchedSession::look(const std::stop_token& stop) {
  auto profile = profileNow(stop);
  if (!profile) {
    auto end = profileOfFile(stop);
    if (!end) return tl::unexpected(std::move(profile.error()));
    profile = std::move(*end);
  }
  m_last = std::move(*profile);
  Look look{.profile = *m_last, .residentBytes = std::nullopt, .at = std::chrono::steady_clock::now()};
  if (look.isLive()) look.residentBytes = residentNow(stop);
  return look;
}

Result<WatchedSession> openWatched(const std::string& target, const std::optional<std::string>& collector) {
  const std::optional<pid_t> pid = processId(target);
  std::error_code ignored;
  if (!collector && (!pid || std::filesystem::exists(target, ignored)))
    return openSession(target, std::nullopt).map([](OpenedSession opened) {
      return WatchedSession(std::move(opened.source), std::move(opened.id), false);
    });
  auto address = collector ? Result<std::string>(*collector) : collectorOf(*pid);
  if (!address) return tl::unexpected(std::move(address.error()));
  auto opened = openSession(target, *address);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  std::string session = target;
  if (pid) {
    auto found = liveSessionOf(*opened->source, *pid, *address);
    // With a collector, digits may also be the beginning of an id.
    if (!found && !collector) return tl::unexpected(std::move(found.error()));
    if (found) session = std::move(*found);
  }
  return WatchedSession(std::move(opened->source), std::move(session), address->starts_with("unix:"));
}

}  // namespace heaptap::cli
