// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/relay/admission/socket_lock.h"
#include "agent/wire/handshake.h"
#include "agent/wire/layout.h"
#include "agent/wire/obstacle.h"
#include "base/error.h"
#include "base/unique_fd.h"

namespace heaptap::relay {

/// A program image that asked for shared memory and still waits for the answer.
struct Peer {
  UniqueFd connection;
  UniqueFd process;          ///< pidfd: readable once the process ended.
  pid_t pid = 0;             ///< In the relay's PID namespace.
  std::uint32_t ownPid = 0;  ///< In its own.
  uid_t user = 0;
  std::string collector;             ///< Where it wants to be recorded; empty: wherever the relay sends to.
  std::uint64_t sampleInterval = 0;  ///< Where the relay has none itself; 0: every allocation.
  wire::Obstacle obstacle = wire::Obstacle::None;  ///< Else it asks for nothing, and says why.
};

using wire::Refusal;

/// The Unix socket that targets come to.
/// A peer of another user is turned away; one that sends nothing, half a hello or garbage costs a
/// descriptor for at most kPatience and holds up no other.
/// Threads: one.
class HandshakeServer {
 public:
  static constexpr std::chrono::milliseconds kPatience{2000};
  static constexpr std::size_t kMaxPending = 128;

  /// Who may connect. A relay of root serves all users, but a socket of mode 0600 keeps them away.
  enum class Access : std::uint8_t { OwnUser, AllUsers };

  /// Listens at `path`. A socket file at which no relay listens any more is replaced; where several relays
  /// may try that at the same time, `lock` keeps them apart.
  static Result<HandshakeServer> listen(const std::string& path, SocketLock lock = {},
                                        Access access = Access::OwnUser);
  HandshakeServer(HandshakeServer&&) = default;
  HandshakeServer& operator=(HandshakeServer&&) = delete;
  ~HandshakeServer();

  /// Leaves the path to the next relay. Who has connected before is still served.
  void leavePath();

  /// Readable when `service` has something to do.
  [[nodiscard]] int pollDescriptor() const { return m_events.get(); }
  /// True while a peer has not said hello. Then call `service` from time to time: patience ends.
  [[nodiscard]] bool hasPending() const { return !m_pending.empty(); }
  /// Accepts, reads hellos, and returns those that are complete; also those of other versions, which are
  /// answered. Never blocks.
  std::vector<Peer> service();

  /// Answers a peer with the memory's descriptor.
  static Result<void> welcome(const Peer& peer, int memory, std::uint64_t totalBytes);
  static void refuse(const Peer& peer, Refusal why);

 private:
  struct Pending {
    Peer peer;
    std::chrono::steady_clock::time_point deadline;
  };
  HandshakeServer(std::string path, SocketLock lock, UniqueFd socket, UniqueFd events);
  void acceptAll();

  std::string m_path;  ///< Empty once it was left.
  SocketLock m_lock;
  UniqueFd m_socket;
  UniqueFd m_events;  ///< epoll over the socket and all pending connections.
  std::vector<Pending> m_pending;
};

}  // namespace heaptap::relay
