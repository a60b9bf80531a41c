// SPDX-License-Identifier: Apache-2.0
#include "base/control_channel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>

namespace heaptap {
namespace {

constexpr std::size_t kPacketBytes = 16 * 1024;

}  // namespace

std::string ControlPacket::takeField() {
  const std::size_t end = rest.find(' ');
  std::string field = rest.substr(0, end);
  rest.erase(0, end == std::string::npos ? end : end + 1);
  return field;
}

long ControlPacket::takeNumber(long none) {
  const std::string field = takeField();
  const char* const end = field.data() + field.size();
  long number = none;
  const auto read = std::from_chars(field.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? number : none;
}

Result<std::pair<UniqueFd, UniqueFd>> ControlChannel::makePair() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return systemFailure(Code::Internal, "run", "cannot make a control socket");
  return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

Result<ControlChannel> ControlChannel::adopt(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET)
    return failure(Code::Usage, "--control-fd " + std::to_string(fd), "not a SOCK_SEQPACKET socket");
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  return ControlChannel(UniqueFd(fd));
}

void ControlChannel::send(std::string packet) {
  if (closed()) return;
  if (packet.size() > kPacketBytes) packet.resize(kPacketBytes);
  m_queue.push_back(std::move(packet));
  flush();
}

void ControlChannel::flush() {
  while (!m_queue.empty() && !closed()) {
    const std::string& packet = m_queue.front();
    if (::send(m_end.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) m_queue.clear();  // The end of the line is found by reading, after the last words.
      return;
    }
    m_queue.pop_front();
  }
}

std::vector<ControlPacket> ControlChannel::exchange() {
  flush();
  std::vector<ControlPacket> packets;
  std::string buffer(kPacketBytes, '\0');
  while (!closed()) {
    const ssize_t length = recv(m_end.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    // Reset: the other end has left something unread, and its last words still follow.
    if (length < 0 && (errno == EINTR || errno == ECONNRESET)) continue;
    if (length < 0 && errno == EAGAIN) break;
    if (length <= 0) {
      m_end.reset();
      break;
    }
    ControlPacket packet{{}, buffer.substr(0, static_cast<std::size_t>(length))};
    packet.word = packet.takeField();
    packets.push_back(std::move(packet));
  }
  return packets;
}

void ControlChannel::sendRest() {
  while (!closed() && !m_queue.empty()) {
    pollfd wait{descriptor(), pollEvents(), 0};
    poll(&wait, 1, -1);
    (void)exchange();
  }
}

pid_t ControlChannel::peer() const {
  ucred peer{};
  socklen_t size = sizeof peer;
  return getsockopt(m_end.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

short ControlChannel::pollEvents() const {
  return static_cast<short>(m_queue.empty() ? POLLIN : POLLIN | POLLOUT);
}

}  // namespace heaptap
