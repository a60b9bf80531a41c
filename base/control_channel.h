// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"

namespace heaptap {

/// One packet: a word, and what follows it.
struct ControlPacket {
  std::string word;
  std::string rest;

  /// Takes the next blank-separated field off the front of `rest`.
  std::string takeField();
  /// The same as a number; `none` when it is none, or too large.
  long takeNumber(long none);
};

/// One end of the line between `heaptap run` and a companion that it has started: short text packets, in
/// order, each whole or not at all (SOCK_SEQPACKET). The peer may be stopped or end at any time: a peer that
/// does not read delays nothing, and the end of a peer only closes the channel. Threads: one.
class ControlChannel {
 public:
  ControlChannel() = default;
  explicit ControlChannel(UniqueFd end) : m_end(std::move(end)) {}

  /// Two connected ends, both close-on-exec.
  static Result<std::pair<UniqueFd, UniqueFd>> makePair();
  /// The end that a companion has inherited as `fd`, from then on close-on-exec.
  /// Errors: Usage when it is no SOCK_SEQPACKET socket.
  static Result<ControlChannel> adopt(int fd);

  /// Queues a packet and sends what the socket takes now. Never blocks, never raises SIGPIPE. What is longer
  /// than 16 KiB is cut off.
  void send(std::string packet);

  /// All packets that have arrived; also continues to send what is queued. Never blocks.
  [[nodiscard]] std::vector<ControlPacket> exchange();

  /// Sends what is queued, and waits for a peer that does not read. Ends when it is sent, or the peer has
  /// ended. For the last words of a process that serves no one else any more.
  void sendRest();

  [[nodiscard]] bool closed() const { return !m_end; }
  [[nodiscard]] int descriptor() const { return m_end.get(); }  ///< For poll(); -1 once closed.
  [[nodiscard]] short pollEvents() const;
  /// The process that made the line; 0 when it is not known.
  [[nodiscard]] pid_t peer() const;

 private:
  void flush();

  UniqueFd m_end;
  std::deque<std::string> m_queue;
};

}  // namespace heaptap
