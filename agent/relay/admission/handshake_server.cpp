// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/admission/handshake_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "base/unix_socket.h"

namespace heaptap::relay {
namespace {

using Clock = std::chrono::steady_clock;

bool watch(int events, int fd) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;  // Half a hello must not keep the relay awake.
  event.data.fd = fd;
  return epoll_ctl(events, EPOLL_CTL_ADD, fd, &event) == 0;
}

/// Fills in who the peer is. False: this relay does not serve it.
bool identify(Peer& peer) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(peer.connection.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return false;
  if (credentials.pid <= 0 || (credentials.uid != geteuid() && geteuid() != 0)) return false;
  peer.pid = credentials.pid;
  peer.user = credentials.uid;
  peer.process = UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, peer.pid, 0)));
  // One that has ended since may have left a word on why it could not be recorded.
  return peer.process || errno == ESRCH;
}

enum class Greeting { Complete, Waiting, Bad, OtherVersion };

Greeting readHello(Peer& peer) {
  // The hello is sent in one piece, so it is looked at until it is whole rather than collected.
  std::array<char, sizeof(wire::ClientHello) + wire::kMaxCollectorBytes> bytes{};
  const ssize_t n = recv(peer.connection.get(), bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
  if (n < 0) return errno == EAGAIN || errno == EINTR ? Greeting::Waiting : Greeting::Bad;
  if (n == 0) return Greeting::Bad;
  const std::size_t got = static_cast<std::size_t>(n);
  wire::ClientHello hello{};
  std::memcpy(&hello, bytes.data(), sizeof hello);
  if (std::memcmp(&hello.magic, &wire::kMagic, std::min(got, sizeof hello.magic)) != 0) return Greeting::Bad;
  if (got >= offsetof(wire::ClientHello, pid) && hello.layoutVersion != wire::kLayoutVersion)
    return Greeting::OtherVersion;
  if (got < sizeof hello) return Greeting::Waiting;
  if (hello.collectorBytes > wire::kMaxCollectorBytes) return Greeting::Bad;
  if (got < sizeof hello + hello.collectorBytes) return Greeting::Waiting;
  if (hello.sampleInterval > wire::kMaxSampleInterval) return Greeting::Bad;
  if (hello.obstacle >= static_cast<std::uint32_t>(wire::Obstacle::Count)) return Greeting::Bad;
  peer.ownPid = hello.pid;
  peer.sampleInterval = hello.sampleInterval;
  peer.obstacle = static_cast<wire::Obstacle>(hello.obstacle);
  peer.collector.assign(bytes.data() + sizeof hello, hello.collectorBytes);
  return Greeting::Complete;
}

}  // namespace

Result<HandshakeServer> HandshakeServer::listen(const std::string& path, SocketLock lock, Access access) {
  const auto address = unixAddress(path);
  if (!address) return tl::unexpected(address.error());
  if (listenerAt(path) == Listener::Abandoned) unlink(path.c_str());

  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return systemFailure(Code::Internal, path, "cannot create a socket");
  const mode_t before = umask(access == Access::AllUsers ? 0111 : 0177);
  const int bound = bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
  const int bindError = errno;
  umask(before);
  errno = bindError;
  if (bound != 0) return systemFailure(Code::NotWritable, path, "cannot listen", "choose another --socket");
  if (::listen(socket.get(), SOMAXCONN) != 0) return systemFailure(Code::Internal, path, "cannot listen");

  UniqueFd events(epoll_create1(EPOLL_CLOEXEC));
  if (!events || !watch(events.get(), socket.get()))
    return systemFailure(Code::Internal, path, "cannot wait for connections");
  return HandshakeServer(path, std::move(lock), std::move(socket), std::move(events));
}

HandshakeServer::HandshakeServer(std::string path, SocketLock lock, UniqueFd socket, UniqueFd events)
    : m_path(std::move(path)),
      m_lock(std::move(lock)),
      m_socket(std::move(socket)),
      m_events(std::move(events)) {}

HandshakeServer::~HandshakeServer() {
  if (m_socket) leavePath();
}

void HandshakeServer::leavePath() {
  if (!m_path.empty()) unlink(m_path.c_str());
  m_path.clear();
  m_lock = {};  // After the socket file is gone: the process that takes the lock may make a new one.
}

void HandshakeServer::acceptAll() {
  // Beyond kMaxPending, connections wait in the listen queue until someone's patience ends.
  while (m_pending.size() < kMaxPending) {
    Peer peer;
    peer.connection = UniqueFd(accept4(m_socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!peer.connection) return;
    if (!identify(peer) || !watch(m_events.get(), peer.connection.get())) continue;
    m_pending.push_back({std::move(peer), Clock::now() + kPatience});
  }
}

std::vector<Peer> HandshakeServer::service() {
  acceptAll();
  std::vector<Peer> complete;
  const auto now = Clock::now();
  const auto handOver = [&](Peer& peer) {
    epoll_ctl(m_events.get(), EPOLL_CTL_DEL, peer.connection.get(), nullptr);
    complete.push_back(std::move(peer));
    return true;
  };
  std::erase_if(m_pending, [&](Pending& pending) {
    switch (readHello(pending.peer)) {
      case Greeting::Complete: return handOver(pending.peer);
      case Greeting::OtherVersion:
        refuse(pending.peer, Refusal::Version);
        pending.peer.obstacle = wire::Obstacle::OtherVersion;
        return handOver(pending.peer);
      case Greeting::Bad: return true;
      case Greeting::Waiting: return now >= pending.deadline;
    }
    return true;
  });
  acceptAll();  // Room may have become free, and an edge-triggered event does not come twice.
  return complete;
}

Result<void> HandshakeServer::welcome(const Peer& peer, int memory, std::uint64_t totalBytes) {
  wire::Welcome welcome{wire::kMagic, wire::kLayoutVersion, 0, totalBytes};
  iovec part{&welcome, sizeof welcome};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(rights), &memory, sizeof memory);
  if (sendmsg(peer.connection.get(), &message, MSG_NOSIGNAL) != static_cast<ssize_t>(sizeof welcome))
    return systemFailure(Code::Unavailable, "process " + std::to_string(peer.pid),
                         "did not take the shared memory it asked for");
  return {};
}

void HandshakeServer::refuse(const Peer& peer, Refusal why) {
  const wire::Welcome answer{wire::kMagic, wire::kLayoutVersion, static_cast<std::uint32_t>(why), 0};
  static_cast<void>(send(peer.connection.get(), &answer, sizeof answer, MSG_NOSIGNAL));
}

}  // namespace heaptap::relay
