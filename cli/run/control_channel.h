// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "cli/run/descriptor.h"

namespace heaptap::cli {

/// One packet: a word, and what follows it.
struct ControlPacket {
  std::string word;
  std::string rest;

  /// Takes the next blank-separated field off the front of `rest`.
  std::string takeField();
};

/// One end of the line between `heaptap run` and a process that it started: short text packets, in order,
/// whole or not at all (SOCK_SEQPACKET). The other end may die at any time: that only closes the channel.
/// Threads: one.
class ControlChannel {
 public:
  ControlChannel() = default;
  explicit ControlChannel(Descriptor end) : m_end(std::move(end)) {}

  /// Two connected ends, both close-on-exec.
  static Result<std::pair<Descriptor, Descriptor>> makePair();

  /// Queues a packet and sends what the socket takes now. Never blocks, never raises SIGPIPE.
  void send(std::string packet);

  /// All packets that have arrived; also continues to send what is queued. Never blocks.
  [[nodiscard]] std::vector<ControlPacket> exchange();

  [[nodiscard]] bool closed() const { return !m_end; }
  [[nodiscard]] int descriptor() const { return m_end.number(); }  ///< For poll(); -1 once closed.
  [[nodiscard]] short pollEvents() const;

 private:
  void flush();

  Descriptor m_end;
  std::deque<std::string> m_queue;
};

}  // namespace heaptap::cli
