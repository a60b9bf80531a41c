// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <string>
#include <thread>

namespace heaptap::test {

/// A piece of network between a client and a server on a Unix socket: passes everything on, until it is told
/// to forget its connections. Then what is sent into them disappears, and neither side is told: what a host
/// without power, or a router that was restarted, looks like.
/// Owns: its threads and sockets.
class LossyConnection {
 public:
  explicit LossyConnection(std::string serverPath);
  ~LossyConnection();
  LossyConnection(const LossyConnection&) = delete;
  LossyConnection& operator=(const LossyConnection&) = delete;

  /// Where clients connect: 127.0.0.1:PORT.
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(m_port); }
  /// From now on nothing passes through the connections that exist; new ones work.
  void forgetConnections() { ++m_generation; }

 private:
  void accept();
  void pass(int client, int server, std::uint64_t generation) const;

  const std::string m_serverPath;
  int m_listener = -1;
  std::uint16_t m_port = 0;
  std::atomic<std::uint64_t> m_generation{0};
  std::atomic<bool> m_over{false};
  std::list<std::thread> m_passing;
  std::thread m_accepting;
};

}  // namespace heaptap::test
