// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/admission/socket_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <chrono>
#include <thread>

#include "base/unix_socket.h"

namespace heaptap::relay {
namespace {

using namespace std::chrono_literals;

/// Longer than a program that has started this relay waits for it.
constexpr auto kLockTime = 3s;
constexpr auto kPause = 5ms;

}  // namespace

Result<SocketLock> SocketLock::take(const std::string& socketPath) {
  const std::string path = socketPath + ".lock";
  UniqueFd file(open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return systemFailure(Code::NotWritable, path, "cannot be opened", "choose another --socket");
  const auto deadline = std::chrono::steady_clock::now() + kLockTime;
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (listenerAt(socketPath) == Listener::Present || std::chrono::steady_clock::now() >= deadline)
      return failure(Code::AlreadyExists, socketPath, "another heaptap-relay serves this socket",
                     "use it, or stop it first");
    std::this_thread::sleep_for(kPause);
  }
  return SocketLock(std::move(file));
}

}  // namespace heaptap::relay
