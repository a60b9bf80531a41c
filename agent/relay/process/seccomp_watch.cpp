// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/process/seccomp_watch.h"

#include <algorithm>

namespace heaptap::relay {
namespace {

constexpr std::size_t kLooksPerRound = 4;  // Each costs some 20 us.

}  // namespace

void SeccompWatch::look(const std::vector<std::unique_ptr<ThreadStream>>& threads) {
  for (std::size_t looks = 0; looks < std::min(kLooksPerRound, threads.size()); ++looks) {
    m_next = (m_next + 1) % threads.size();
    const ThreadStream& thread = *threads[m_next];
    if (!look(thread) || !m_restricted.insert(thread.process->index).second) continue;
    for (const auto& other : threads)
      if (other->process == thread.process) look(*other);
  }
}

bool SeccompWatch::look(const ThreadStream& thread) {
  if (thread.gone || thread.hostTid == 0 || thread.process->process == nullptr) return false;
  const Seccomp now = thread.process->process->seccomp(thread.hostTid);
  const bool strict = now.mode == Seccomp::kStrict;
  if (!strict && now.filters <= m_atStart.filters) return false;
  m_memory.restrict(thread.slot, thread.process->index,
                    wire::kNoSystemCalls | (strict ? wire::kNoTimeStamp : 0));
  return true;
}

}  // namespace heaptap::relay
