// SPDX-License-Identifier: Apache-2.0
#include "collector/service/acceptor.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <utility>

#include "collector/service/free_descriptors.h"

namespace heaptap::service {
namespace {

/// How soon a connection that waits for descriptors is looked at again.
constexpr int kHeldBackMs = 20;

/// Whether accept() failed because of the connection itself: then there may be a next one.
bool isOfTheConnection(int error) {
  return error == EAGAIN || error == EINTR || error == ECONNABORTED || error == EPROTO || error == EPERM;
}

}  // namespace

Result<std::unique_ptr<Acceptor>> Acceptor::start(std::vector<UniqueFd> sockets,
                                                  std::unique_ptr<Connections> connections) {
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop) return systemFailure(Code::Internal, "the collector", "cannot accept connections");
  return std::unique_ptr<Acceptor>(new Acceptor(std::move(sockets), std::move(connections), std::move(stop)));
}

Acceptor::Acceptor(std::vector<UniqueFd> sockets, std::unique_ptr<Connections> connections, UniqueFd stop)
    : m_sockets(std::move(sockets)),
      m_connections(std::move(connections)),
      m_stop(std::move(stop)),
      m_thread([this] { run(); }) {}

Acceptor::~Acceptor() {
  const std::uint64_t one = 1;
  (void)!::write(m_stop.get(), &one, sizeof one);
  m_thread.join();
}

void Acceptor::run() {
  std::vector<pollfd> all{{.fd = m_stop.get(), .events = POLLIN, .revents = 0}};
  for (const UniqueFd& socket : m_sockets)
    all.push_back({.fd = socket.get(), .events = POLLIN, .revents = 0});
  bool isHeldBack = false;
  while ((all[0].revents & POLLIN) == 0) {
    // While connections are held back, their sockets are readable all the time.
    ::poll(all.data(), isHeldBack ? 1 : all.size(), isHeldBack ? kHeldBackMs : -1);
    isHeldBack = false;
    for (std::size_t i = 1; i < all.size() && !isHeldBack; ++i)
      if (all[i].revents != 0) isHeldBack = !acceptFrom(all[i].fd);
  }
}

bool Acceptor::acceptFrom(int socket) {
  if (freeDescriptors() < kFreeForConnection) return false;
  const int fd = ::accept4(socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return isOfTheConnection(errno);
  const int on = 1;
  (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // Fails on a Unix socket.
  Connections::NewConnectionParameters connection;
  connection.listener_fd = socket;
  connection.fd = fd;
  m_connections->HandleNewConnection(&connection);
  return true;
}

}  // namespace heaptap::service
