// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach/relay_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/un.h>

#include <cstring>

#include "agent/capture/memory/mapped_memory.h"
#include "agent/capture/system/descriptor.h"
#include "agent/capture/system/kernel.h"
#include "agent/wire/handshake.h"

namespace heaptap::capture {
namespace {

Obstacle connectTo(const Descriptor& socket, const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t length = std::strlen(path);
  if (length >= sizeof(address.sun_path)) return Obstacle::LongPath;
  std::memcpy(address.sun_path, path, length);
  switch (arch::systemCall(SYS_connect, socket.number(), kernel::asWord(&address), sizeof(address))) {
    case 0: return Obstacle::None;
    case -EACCES:
    case -EPERM: return Obstacle::AnotherUser;
    case -EAGAIN: return Obstacle::NoAnswer;
    default: return Obstacle::NoListener;
  }
}

// Only our own user, or root, may record us.
bool peerIsTrusted(const Descriptor& socket) {
  ucred peer{};
  socklen_t length = sizeof(peer);
  const long result = arch::systemCall(SYS_getsockopt, socket.number(), SOL_SOCKET, SO_PEERCRED,
                                       kernel::asWord(&peer), kernel::asWord(&length));
  return result == 0 && (peer.uid == 0 || peer.uid == kernel::effectiveUser());
}

bool sendHello(const Descriptor& socket, const Wishes& wishes, Obstacle obstacle = Obstacle::None) {
  const char* const collector = wishes.collector;
  const std::size_t length = collector == nullptr ? 0 : std::strlen(collector);
  if (length > wire::kMaxCollectorBytes) return false;
  const wire::ClientHello hello{.magic = wire::kMagic,
                                .layoutVersion = wire::kLayoutVersion,
                                .pid = kernel::processId(),
                                .collectorBytes = static_cast<std::uint32_t>(length),
                                .obstacle = static_cast<std::uint32_t>(obstacle),
                                .sampleInterval = wishes.sampleInterval};
  iovec pieces[] = {{const_cast<wire::ClientHello*>(&hello), sizeof(hello)},
                    {const_cast<char*>(collector), length}};
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = 2;
  return arch::systemCall(SYS_sendmsg, socket.number(), kernel::asWord(&message), MSG_NOSIGNAL) ==
         static_cast<long>(sizeof(hello) + length);
}

Obstacle meaningOf(const wire::Welcome& welcome) {
  if (welcome.magic != wire::kMagic || welcome.layoutVersion != wire::kLayoutVersion)
    return Obstacle::OtherVersion;
  switch (static_cast<wire::Refusal>(welcome.status)) {
    case wire::Refusal::None: return Obstacle::None;
    case wire::Refusal::Version: return Obstacle::OtherVersion;
    case wire::Refusal::NoRoom: return Obstacle::NoRoom;
    case wire::Refusal::Stopped: return Obstacle::Stopped;
    case wire::Refusal::Collector: return Obstacle::CollectorRefused;
    case wire::Refusal::OtherName: return Obstacle::OtherName;
  }
  return Obstacle::OtherVersion;
}

// The relay's answer, with the shared memory as a passed descriptor; -1 when it refuses.
long receiveMemory(const Descriptor& socket, wire::Welcome& welcome, Obstacle& why) {
  iovec piece{&welcome, sizeof(welcome)};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  const long bytes = arch::systemCall(SYS_recvmsg, socket.number(), kernel::asWord(&message),
                                      MSG_CMSG_CLOEXEC | MSG_WAITALL);
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  int memory = -1;
  if (bytes > 0 && header != nullptr && header->cmsg_type == SCM_RIGHTS)
    std::memcpy(&memory, CMSG_DATA(header), sizeof(memory));
  if (bytes != sizeof(welcome))
    why = bytes == -EAGAIN || bytes == -EINTR ? Obstacle::NoAnswer : Obstacle::HungUp;
  else
    why = meaningOf(welcome);
  if (why == Obstacle::None && memory < 0) why = Obstacle::NoDescriptor;
  if (why == Obstacle::None) return memory;
  if (memory >= 0) kernel::close(memory);
  return -1;
}

// Where the memory's descriptor could not be received, it is not asked for.
bool mayOpenAnother(const Descriptor& socket) {
  const Descriptor another(arch::systemCall(SYS_fcntl, socket.number(), F_DUPFD_CLOEXEC, 0));
  return another.valid();
}

void limitWaits(const Descriptor& socket, std::uint64_t deadlineNs) {
  const std::uint64_t now = kernel::monotonicNs();
  // Zero would mean no limit.
  const std::uint64_t left = deadlineNs > now + 1'000'000 ? deadlineNs - now : 1'000'000;
  const timeval timeout{static_cast<time_t>(left / 1'000'000'000),
                        static_cast<suseconds_t>(left % 1'000'000'000 / 1000)};
  for (const int which : {SO_RCVTIMEO, SO_SNDTIMEO})
    arch::systemCall(SYS_setsockopt, socket.number(), SOL_SOCKET, which, kernel::asWord(&timeout),
                     sizeof(timeout));
}

}  // namespace

wire::Header* requestMemory(const char* path, const Wishes& wishes, std::uint64_t deadlineNs, Obstacle& why) {
  const Descriptor socket(arch::systemCall(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  why = Obstacle::NoDescriptor;
  if (!socket.valid() || !mayOpenAnother(socket)) return nullptr;
  limitWaits(socket, deadlineNs);
  why = connectTo(socket, path);
  if (why != Obstacle::None) return nullptr;
  why = Obstacle::AnotherUser;
  if (!peerIsTrusted(socket)) return nullptr;
  why = Obstacle::HungUp;
  if (!sendHello(socket, wishes)) return nullptr;
  wire::Welcome welcome{};
  const Descriptor memory(receiveMemory(socket, welcome, why));
  if (!memory.valid()) return nullptr;
  wire::Header* header = mapMemory(memory.number(), 0, welcome.totalBytes);
  if (header == nullptr) why = Obstacle::NoMemory;
  return header;
}

void tellRelay(const char* path, Obstacle why, std::uint64_t deadlineNs) {
  const Descriptor socket(arch::systemCall(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return;
  limitWaits(socket, deadlineNs);
  if (connectTo(socket, path) != Obstacle::None || !peerIsTrusted(socket) || !sendHello(socket, {}, why))
    return;
  wire::Welcome answer{};
  static_cast<void>(receiveMemory(socket, answer, why));
}

}  // namespace heaptap::capture
