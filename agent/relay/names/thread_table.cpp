// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/names/thread_table.h"

#include <algorithm>

namespace heaptap::relay {
namespace {

constexpr std::uint64_t kYouthNs = 2'000'000'000;

}  // namespace

std::uint32_t ThreadTable::define(std::uint32_t hostTid, std::uint64_t timeNs, const std::string& ownName) {
  const std::string seen = m_process.threadName(hostTid);
  m_threads.push_back({hostTid, timeNs, seen.empty() ? ownName : seen, ownName});
  return static_cast<std::uint32_t>(m_threads.size() - 1);
}

void ThreadTable::ended(std::uint32_t index, const std::string& ownName) {
  Thread& thread = m_threads.at(index);
  thread.ended = true;
  std::string name = ownName;
  // Unchanged since it was met, it says less than what /proc said meanwhile: others give names too.
  if (name.empty() || name == thread.name || (ownName == thread.ownName && !thread.name.empty())) return;
  thread.name = std::move(name);
  thread.renamed = true;
  m_firstYoung = std::min(m_firstYoung, std::size_t{index});
}

void ThreadTable::refreshNames(std::uint64_t nowNs) {
  for (std::size_t i = m_firstYoung; i < m_threads.size(); ++i) {
    Thread& thread = m_threads[i];
    std::string name = thread.ended ? std::string() : m_process.threadName(thread.hostTid);
    if (!name.empty() && name != thread.name) {
      thread.name = std::move(name);
      thread.renamed = true;
    }
    // After its last look: threads grow old in the order in which they came.
    if (i == m_firstYoung && thread.firstSeenNs + kYouthNs < nowNs && !thread.renamed) ++m_firstYoung;
  }
}

void ThreadTable::flush(MessageSink& sink) {
  v1::RecordRequest request;
  v1::Threads& out = *request.mutable_threads();
  for (std::size_t i = m_firstYoung; i < m_sent; ++i) {
    if (!m_threads[i].renamed) continue;
    auto& renamed = *out.add_renamed();
    renamed.set_thread(static_cast<std::uint32_t>(i));
    renamed.set_name(m_threads[i].name);
    m_threads[i].renamed = false;
  }
  for (; m_sent < m_threads.size(); ++m_sent) {
    Thread& thread = m_threads[m_sent];
    auto& added = *out.add_threads();
    added.set_tid(thread.hostTid);
    added.set_name(thread.name);
    added.set_first_seen_ns(thread.firstSeenNs);
    thread.renamed = false;
  }
  if (out.threads_size() != 0 || out.renamed_size() != 0) sink.send(request);
}

}  // namespace heaptap::relay
