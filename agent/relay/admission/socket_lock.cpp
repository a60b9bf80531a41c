// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/admission/socket_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <cstring>
#include <thread>

namespace heaptap::relay {
namespace {

using namespace std::chrono_literals;

/// Longer than a program that has started this relay waits for it.
constexpr auto kPatience = 3s;
constexpr auto kPause = 5ms;

}  // namespace

bool someoneListensAt(const std::string& socketPath) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socketPath.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, socketPath.c_str(), socketPath.size() + 1);
  const UniqueFd probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // EAGAIN: somebody does, and has much to do.
  return connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
         errno == EAGAIN;
}

Result<SocketLock> SocketLock::take(const std::string& socketPath) {
  const std::string path = socketPath + ".lock";
  UniqueFd file(open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return systemFailure(Code::NotWritable, path, "cannot be opened", "choose another --socket");
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (someoneListensAt(socketPath) || std::chrono::steady_clock::now() >= deadline)
      return failure(Code::AlreadyExists, socketPath, "another heaptap-relay serves this socket",
                     "use it, or stop it first");
    std::this_thread::sleep_for(kPause);
  }
  return SocketLock(std::move(file));
}

}  // namespace heaptap::relay
