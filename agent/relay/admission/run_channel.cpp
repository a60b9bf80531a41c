// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/admission/run_channel.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <sstream>

namespace heaptap::relay {

Result<RunChannel> RunChannel::adopt(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET)
    return failure(Code::Usage, "--control-fd " + std::to_string(fd), "not a SOCK_SEQPACKET socket");
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  ucred peer{};
  size = sizeof peer;
  getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
  return RunChannel(UniqueFd(fd), peer.pid);
}

void RunChannel::say(const std::string& text) const {
  static_cast<void>(send(m_socket.get(), text.data(), text.size(), MSG_NOSIGNAL));
}

std::vector<RunChannel::Message> RunChannel::receive() {
  std::vector<Message> messages;
  while (!m_closed) {
    std::array<char, 256> buffer{};
    const ssize_t n = recv(m_socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (n <= 0) {
      m_closed = true;
      messages.push_back({Message::Kind::Finish, 0, 0});
      break;
    }
    std::istringstream text(std::string(buffer.data(), static_cast<std::size_t>(n)));
    std::string word;
    text >> word;
    Message message;
    if (word == "finish") {
      messages.push_back({Message::Kind::Finish, 0, 0});
    } else if (word == "exited" && text >> message.pid >> message.waitStatus) {
      message.kind = Message::Kind::Exited;
      messages.push_back(message);
    }
  }
  return messages;
}

}  // namespace heaptap::relay
