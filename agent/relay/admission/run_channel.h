// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/control_channel.h"
#include "base/error.h"

namespace heaptap::relay {

/// The conversation with the `heaptap run` that started this relay.
///   to run:    ready | session HEXID PID | done HEXID | lost HEXID TEXT | error TEXT
///              unrecorded PID became|started BYTES PROGRAM WHY
///              unable: the same of a program that wanted to be recorded and says itself why it cannot be
///              passed NAME: a program that --only does not name
///   from run:  exited PID WAITSTATUS | finish
/// The end of the connection means `finish`. A `run` that is stopped delays nothing.
/// Threads: one.
class RunChannel {
 public:
  struct Message {
    enum class Kind { Exited, Finish } kind = Kind::Finish;
    pid_t pid = 0;
    int waitStatus = 0;
  };

  /// Takes over a connected SOCK_SEQPACKET socket.
  static Result<RunChannel> adopt(int fd);

  [[nodiscard]] int descriptor() const { return m_line.descriptor(); }  ///< For poll(); -1 once closed.
  [[nodiscard]] short pollEvents() const { return m_line.pollEvents(); }
  /// The process at the other end.
  [[nodiscard]] pid_t peer() const { return m_peer; }
  /// Queues `text` for `run`, and sends what the socket takes now.
  void say(std::string text) { m_line.send(std::move(text)); }
  /// What has come in; also continues to send what is queued. Never blocks; unknown words are skipped.
  std::vector<Message> receive();
  /// Sends what is queued, and waits for a `run` that does not read: at the very end.
  void sayRest() { m_line.sendRest(); }
  [[nodiscard]] bool closed() const { return m_line.closed(); }

 private:
  RunChannel(ControlChannel line, pid_t peer) : m_line(std::move(line)), m_peer(peer) {}

  ControlChannel m_line;
  pid_t m_peer;
};

}  // namespace heaptap::relay
