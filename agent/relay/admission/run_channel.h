// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "agent/relay/base/unique_fd.h"
#include "base/error.h"

namespace heaptap::relay {

/// The conversation with the `heaptap run` that started this relay: one text message a packet.
///   to run:    ready | session HEXID PID | done HEXID | lost HEXID TEXT | error TEXT
///              unrecorded PID became|started BYTES PROGRAM WHY
///              unable: the same of a program that wanted to be recorded and says itself why it cannot be
///              passed NAME: a program that --only does not name
///   from run:  exited PID WAITSTATUS | finish
/// The end of the connection means `finish`.
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

  [[nodiscard]] int pollDescriptor() const { return m_socket.get(); }
  /// The process at the other end.
  [[nodiscard]] pid_t peer() const { return m_peer; }
  /// Says something; if nobody listens any more, to nobody.
  void say(const std::string& text) const;
  /// What has come in. Never blocks; unknown words are skipped.
  std::vector<Message> receive();
  [[nodiscard]] bool closed() const { return m_closed; }

 private:
  RunChannel(UniqueFd socket, pid_t peer) : m_socket(std::move(socket)), m_peer(peer) {}

  UniqueFd m_socket;
  pid_t m_peer;
  bool m_closed = false;
};

}  // namespace heaptap::relay
