// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/relay/base/message_sink.h"
#include "agent/relay/target/target_process.h"

namespace heaptap::relay {

/// The threads of a session, numbered 0, 1, 2, … by their first event, with their names.
/// A thread usually gets its name just after its first allocation, so names are read again while it is young.
/// Threads: the drain's.
class ThreadTable {
 public:
  explicit ThreadTable(const TargetProcess& process) : m_process(process) {}

  /// `ownName`: what the thread calls itself, for when it has ended before anyone could look.
  /// Returns: the index of a new thread.
  std::uint32_t define(std::uint32_t hostTid, std::uint64_t timeNs, const std::string& ownName);
  /// The thread has ended, and called itself so at last.
  void ended(std::uint32_t thread, const std::string& ownName);
  /// Reads the names of young threads again.
  void refreshNames(std::uint64_t nowNs);
  /// Sends what is new since the last call: threads, then changed names.
  void flush(MessageSink& sink);

 private:
  struct Thread {
    std::uint32_t hostTid;
    std::uint64_t firstSeenNs;
    std::string name;
    std::string ownName;
    bool ended = false;    ///< Its id may be another thread's by now.
    bool renamed = false;  ///< Since it was sent.
  };
  const TargetProcess& m_process;
  std::vector<Thread> m_threads;
  std::size_t m_firstYoung = 0;
  std::size_t m_sent = 0;
};

}  // namespace heaptap::relay
