// SPDX-License-Identifier: Apache-2.0
#include "collector/service/listen_address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include "base/unix_socket.h"

namespace heaptap::service {
namespace {

constexpr std::string_view kUnix = "unix:";

Result<void> checkUnixPath(const std::string& address, const std::string& path) {
  if (const auto valid = unixAddress(path); !valid) return failure(Code::Usage, address, valid.error().what);
  std::error_code ignored;
  const auto folder = std::filesystem::absolute(path).parent_path();
  if (!std::filesystem::is_directory(folder, ignored)) {
    return failure(Code::NotWritable, address, "no such folder: " + folder.string());
  }
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  // A socket of a collector that was killed is in the way of none: listenAt() replaces it.
  if (!S_ISSOCK(status.st_mode))
    return failure(Code::AlreadyExists, address, "the path exists and is no socket");
  if (listenerAt(path) == Listener::Present)
    return failure(Code::AlreadyExists, address, "another process listens there already");
  return {};
}

constexpr const char* kCannotListen = "cannot listen there";
constexpr const char* kRemedy = "choose another address";

/// Errno says why there is none.
UniqueFd boundSocket(const sockaddr* address, socklen_t length) {
  UniqueFd socket(::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return {};
  const int on = 1, off = 0;
  if (address->sa_family != AF_UNIX)
    (void)::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->sa_family == AF_INET6)
    (void)::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(socket.get(), address, length) != 0 || ::listen(socket.get(), SOMAXCONN) != 0) return {};
  return socket;
}

Result<ListeningSockets> listenAtPath(const std::string& address, const std::string& path) {
  const auto where = unixAddress(path);
  if (!where) return tl::unexpected(where.error());
  (void)::unlink(path.c_str());
  ListeningSockets listening{.address = address, .sockets = {}, .entry = {.path = path}};
  UniqueFd socket = boundSocket(reinterpret_cast<const sockaddr*>(&*where), sizeof *where);
  if (!socket) return systemFailure(Code::AlreadyExists, address, kCannotListen, kRemedy);
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    listening.entry.device = status.st_dev;
    listening.entry.inode = status.st_ino;
  }
  listening.sockets.push_back(std::move(socket));
  return listening;
}

bool isSameHost(const sockaddr* a, const sockaddr* b) {
  if (a->sa_family != b->sa_family) return false;
  if (a->sa_family == AF_INET)
    return reinterpret_cast<const sockaddr_in*>(a)->sin_addr.s_addr ==
           reinterpret_cast<const sockaddr_in*>(b)->sin_addr.s_addr;
  return std::memcmp(&reinterpret_cast<const sockaddr_in6*>(a)->sin6_addr,
                     &reinterpret_cast<const sockaddr_in6*>(b)->sin6_addr, sizeof(in6_addr)) == 0;
}

/// Whether an entry before it has the same address, as where a name stands in /etc/hosts twice.
bool isRepeated(const addrinfo* first, const addrinfo* each) {
  for (const addrinfo* before = first; before != each; before = before->ai_next)
    if (isSameHost(before->ai_addr, each->ai_addr)) return true;
  return false;
}

in_port_t* portOf(sockaddr* address) {
  if (address->sa_family == AF_INET) return &reinterpret_cast<sockaddr_in*>(address)->sin_port;
  return &reinterpret_cast<sockaddr_in6*>(address)->sin6_port;
}

}  // namespace

std::string unixPathOf(const std::string& address) {
  if (!std::string_view(address).starts_with(kUnix)) return {};
  std::string path = address.substr(kUnix.size());
  if (path.starts_with("///")) path.erase(0, 2);  // unix:///absolute/path
  return path;
}

Result<void> checkAddress(const std::string& address) {
  if (address.starts_with(kUnix)) return checkUnixPath(address, unixPathOf(address));
  const auto colon = address.rfind(':');
  unsigned port = 0;
  const char* end = address.data() + address.size();
  const bool valid = colon != std::string::npos && colon > 0 && address.data() + colon + 1 != end &&
                     std::from_chars(address.data() + colon + 1, end, port).ptr == end && port <= 65535;
  if (!valid) return failure(Code::Usage, address, "not an address", "give unix:PATH or HOST:PORT");
  return {};
}

void removeEntry(const ListeningSockets::Entry& entry) {
  struct stat status {};
  if (entry.path.empty() || ::lstat(entry.path.c_str(), &status) != 0) return;
  if (status.st_dev == entry.device && status.st_ino == entry.inode) (void)::unlink(entry.path.c_str());
}

Result<ListeningSockets> listenAt(const std::string& address) {
  if (const std::string path = unixPathOf(address); !path.empty()) return listenAtPath(address, path);
  const auto colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &found);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  if (status != 0)
    return failure(Code::AlreadyExists, address, std::string(kCannotListen) + ": " + ::gai_strerror(status),
                   kRemedy);
  ListeningSockets listening;
  const bool anyPort = *portOf(found->ai_addr) == 0;
  in_port_t port = 0;  // Network order. Any free one is chosen once, for all addresses of the name.
  int why = 0;
  for (addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (each->ai_family != AF_INET && each->ai_family != AF_INET6) continue;
    if (isRepeated(found, each)) continue;
    if (*portOf(each->ai_addr) == 0) *portOf(each->ai_addr) = port;
    UniqueFd socket = boundSocket(each->ai_addr, each->ai_addrlen);
    if (!socket) {
      why = errno;
      continue;  // IPv6 is switched off in many containers: its address is in /etc/hosts all the same.
    }
    sockaddr_storage bound{};
    socklen_t length = sizeof bound;
    if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &length) == 0)
      port = *portOf(reinterpret_cast<sockaddr*>(&bound));
    listening.sockets.push_back(std::move(socket));
  }
  errno = why;
  if (listening.sockets.empty() || (why == EADDRINUSE && !anyPort))
    return systemFailure(Code::AlreadyExists, address, kCannotListen, kRemedy);
  listening.address = address.substr(0, colon + 1) + std::to_string(ntohs(port));
  return listening;
}

}  // namespace heaptap::service
