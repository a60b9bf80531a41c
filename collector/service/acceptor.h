// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/server_builder.h>

#include <memory>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"

namespace heaptap::service {

/// Accepts connections and hands them to a gRPC server. gRPC's own listener (1.51) ends for good when
/// accept() finds no descriptor; this one leaves a connection in the queue of the socket until there are
/// some.
///
///     sockets ──► accept, while enough descriptors are free ──► gRPC: handshake, limits, calls
///
/// Owns:    the sockets, one thread.
/// Threads: create and destroy from one. Destroy before the server shuts down, or with it.
class Acceptor {
 public:
  using Connections = grpc::experimental::ExternalConnectionAcceptor;

  /// Errors: Internal: no descriptor is left.
  static Result<std::unique_ptr<Acceptor>> start(std::vector<UniqueFd> sockets,
                                                 std::unique_ptr<Connections> connections);
  /// Closes the sockets: what is in their queues is refused.
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

 private:
  Acceptor(std::vector<UniqueFd> sockets, std::unique_ptr<Connections> connections, UniqueFd stop);
  void run();
  /// Takes one connection, if there is one. False: it cannot for now, for want of descriptors or memory.
  bool acceptFrom(int socket);

  std::vector<UniqueFd> m_sockets;
  std::unique_ptr<Connections> m_connections;
  UniqueFd m_stop;  ///< An eventfd: readable once the thread must end.
  std::thread m_thread;
};

}  // namespace heaptap::service
