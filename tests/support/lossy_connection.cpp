// SPDX-License-Identifier: Apache-2.0
#include "tests/support/lossy_connection.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace heaptap::test {
namespace {

constexpr int kLookAroundMs = 20;

void check(bool fine, const char* what) {
  if (!fine) throw std::system_error(errno, std::generic_category(), what);
}

int connectTo(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
  close(socket);
  return -1;
}

/// False at the end of the stream.
bool move(int from, int to) {
  std::array<char, 65536> buffer{};
  const ssize_t n = read(from, buffer.data(), buffer.size());
  for (ssize_t done = 0; done < n;) {
    const ssize_t sent = send(to, buffer.data() + done, static_cast<std::size_t>(n - done), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += sent;
  }
  return n > 0;
}

}  // namespace

LossyConnection::LossyConnection(std::string serverPath) : m_serverPath(std::move(serverPath)) {
  m_listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  check(bind(m_listener, reinterpret_cast<const sockaddr*>(&address), size) == 0, "bind");
  check(listen(m_listener, 16) == 0, "listen");
  check(getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  m_port = ntohs(address.sin_port);
  m_accepting = std::thread([this] { accept(); });
}

LossyConnection::~LossyConnection() {
  m_over = true;
  m_accepting.join();
  for (std::thread& thread : m_passing) thread.join();
  close(m_listener);
}

void LossyConnection::accept() {
  while (!m_over) {
    pollfd wait{m_listener, POLLIN, 0};
    if (poll(&wait, 1, kLookAroundMs) <= 0) continue;
    const int client = ::accept(m_listener, nullptr, nullptr);
    const int server = connectTo(m_serverPath);
    if (server < 0) {
      close(client);
      continue;
    }
    m_passing.emplace_back(
        [this, client, server, generation = m_generation.load()] { pass(client, server, generation); });
  }
}

void LossyConnection::pass(int client, int server, std::uint64_t generation) const {
  bool open = true;
  while (!m_over && (open || m_generation != generation)) {
    // A forgotten connection stays open at both ends, and nothing is read any more.
    std::array<pollfd, 2> waits{pollfd{m_generation == generation ? client : -1, POLLIN, 0},
                                pollfd{m_generation == generation ? server : -1, POLLIN, 0}};
    poll(waits.data(), waits.size(), kLookAroundMs);
    if (m_generation != generation) continue;
    if (waits[0].revents != 0) open = open && move(client, server);
    if (waits[1].revents != 0) open = open && move(server, client);
  }
  close(client);
  close(server);
}

}  // namespace heaptap::test
