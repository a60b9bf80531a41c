// SPDX-License-Identifier: Apache-2.0
#include "base/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/unique_fd.h"

namespace heaptap {

Result<sockaddr_un> unixAddress(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  constexpr std::size_t kMaxPath = sizeof address.sun_path - 1;
  if (path.empty() || path.size() > kMaxPath)
    return failure(Code::Usage, path,
                   "the path of a socket must have 1 to " + std::to_string(kMaxPath) + " bytes");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Listener listenerAt(const std::string& path) {
  const auto address = unixAddress(path);
  if (!address) return Listener::None;
  const UniqueFd probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (connect(probe.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0)
    return Listener::Present;
  if (errno == EAGAIN) return Listener::Present;  // Its queue of connections is full (unix(7)).
  // A file that is no socket refuses, too.
  const bool refused = errno == ECONNREFUSED;
  struct stat status {};
  return refused && lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode) ? Listener::Abandoned
                                                                                  : Listener::None;
}

}  // namespace heaptap
