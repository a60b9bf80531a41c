// SPDX-License-Identifier: Apache-2.0
#include "cli/run/small_sessions.h"

#include <system_error>
#include <vector>

#include "cli/session_source.h"

namespace heaptap::cli {
namespace fs = std::filesystem;
namespace {

/// Is there nothing in it but its numbers? False also when that cannot be found out.
bool isUneventful(const fs::path& file) {
  // A source for each, so that never more than one file of thousands is open.
  auto opened = openSession(file.string(), std::nullopt);
  if (!opened) return false;
  const auto summary = opened->source->summary(opened->id);
  return summary && summary->info().state() == v1::SESSION_COMPLETE && summary->findings() == 0 &&
         summary->wrong_uses() == 0 && summary->unmatched_frees() == 0 && summary->lost_frees() == 0 &&
         summary->drops().empty() && summary->events_not_stored() == 0;
}

}  // namespace

std::size_t removeSmallSessions(Recording& recording, std::uint64_t least, const fs::path& keep) {
  std::size_t removed = 0;
  const std::vector<RecordedSession> sessions = recording.sessions();
  for (const RecordedSession& session : sessions) {
    std::error_code error;
    if (!session.ended || !session.trouble.empty() || session.file.empty() ||
        session.allocations.value_or(least) >= least)
      continue;
    if (!keep.empty() && fs::equivalent(session.file, keep, error)) continue;
    if (!isUneventful(session.file) || !fs::remove(session.file, error)) continue;
    recording.forget(session.id);
    ++removed;
  }
  return removed;
}

}  // namespace heaptap::cli
