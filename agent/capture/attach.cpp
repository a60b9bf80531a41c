// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach.h"

#include <stdlib.h>
#include <sys/un.h>

#include <cstring>

#include "agent/capture/kernel.h"
#include "agent/capture/session.h"
#include "agent/wire/geometry.h"

namespace heaptap::capture {
namespace {

constexpr long kTimeoutSeconds = 2;

class Descriptor {
 public:
  explicit Descriptor(long number) : m_number(number) {}
  ~Descriptor() {
    if (m_number >= 0) kernel::close(m_number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] bool valid() const { return m_number >= 0; }
  [[nodiscard]] int number() const { return static_cast<int>(m_number); }

 private:
  long m_number;
};

bool connectTo(const Descriptor& socket, const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t length = std::strlen(path);
  if (length >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, path, length);
  return arch::systemCall(SYS_connect, socket.number(), kernel::asWord(&address), sizeof(address)) == 0;
}

// Only our own user, or root, may record us.
bool peerIsTrusted(const Descriptor& socket) {
  ucred peer{};
  socklen_t length = sizeof(peer);
  const long result = arch::systemCall(SYS_getsockopt, socket.number(), SOL_SOCKET, SO_PEERCRED,
                                       kernel::asWord(&peer), kernel::asWord(&length));
  const auto self = static_cast<uid_t>(arch::systemCall(SYS_geteuid));
  return result == 0 && (peer.uid == 0 || peer.uid == self);
}

// The relay's answer, with the shared memory as a passed descriptor; -1 when it refuses.
long receiveMemory(const Descriptor& socket, wire::Welcome& welcome) {
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
  if (bytes > 0 && header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    std::memcpy(&memory, CMSG_DATA(header), sizeof(memory));
  }
  const bool accepted = bytes == sizeof(welcome) && welcome.magic == wire::kMagic &&
                        welcome.layoutVersion == wire::kLayoutVersion && welcome.status == 0;
  if (!accepted && memory >= 0) {
    kernel::close(memory);
    return -1;
  }
  return memory;
}

bool fits(const wire::Header& header, std::uint64_t totalBytes) {
  const wire::Geometry& g = header.geometry;
  const auto inside = [totalBytes](std::uint64_t offset, std::uint64_t bytes) {
    return offset <= totalBytes && bytes <= totalBytes - offset;
  };
  const auto tableInside = [&](const wire::TableGeometry& t, std::size_t entryBytes) {
    return t.levels > 0 && t.firstLevelBits + 2 * t.levels < 40 &&
           inside(t.entries, t.capacity * entryBytes) && inside(t.index, wire::indexBytes(t));
  };
  return header.magic == wire::kMagic && header.layoutVersion == wire::kLayoutVersion &&
         header.headerBytes == sizeof(wire::Header) && g.totalBytes == totalBytes &&
         inside(g.chunks, std::uint64_t{g.chunkCount} * wire::kChunkBytes) &&
         inside(g.threads, std::uint64_t{g.threadCapacity} * sizeof(wire::ThreadSlot)) &&
         inside(g.processes, std::uint64_t{g.processCapacity} * sizeof(wire::ProcessSlot)) &&
         inside(g.modules, std::uint64_t{g.moduleCapacity} * sizeof(wire::ModuleEntry)) &&
         inside(g.text, g.textBytes) && tableInside(g.frames, sizeof(wire::FrameEntry)) &&
         tableInside(g.nodes, sizeof(wire::NodeEntry));
}

wire::Header* mapMemory(long descriptor, const wire::Welcome& welcome) {
  void* at =
      kernel::map(welcome.totalBytes, PROT_READ | PROT_WRITE, MAP_SHARED, static_cast<int>(descriptor));
  if (at == nullptr) return nullptr;
  auto* header = static_cast<wire::Header*>(at);
  if (fits(*header, welcome.totalBytes)) return header;
  kernel::unmap(at, welcome.totalBytes);
  return nullptr;
}

wire::Header* openSharedMemory(const char* path) {
  const Descriptor socket(arch::systemCall(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return nullptr;
  const timeval timeout{kTimeoutSeconds, 0};
  arch::systemCall(SYS_setsockopt, socket.number(), SOL_SOCKET, SO_RCVTIMEO, kernel::asWord(&timeout),
                   sizeof(timeout));
  arch::systemCall(SYS_setsockopt, socket.number(), SOL_SOCKET, SO_SNDTIMEO, kernel::asWord(&timeout),
                   sizeof(timeout));
  if (!connectTo(socket, path) || !peerIsTrusted(socket)) return nullptr;
  const wire::ClientHello hello{wire::kMagic, wire::kLayoutVersion, kernel::processId()};
  const long sent =
      arch::systemCall(SYS_sendto, socket.number(), kernel::asWord(&hello), sizeof(hello), MSG_NOSIGNAL);
  if (sent != sizeof(hello)) return nullptr;
  wire::Welcome welcome{};
  const Descriptor memory(receiveMemory(socket, welcome));
  return memory.valid() ? mapMemory(memory.number(), welcome) : nullptr;
}

}  // namespace

bool attachToRelay() {
  const char* path = secure_getenv("HEAPTAP_RELAY");
  if (path == nullptr || *path == 0) return false;
  wire::Header* header = openSharedMemory(path);
  if (header == nullptr) return false;
  g_session.clockMode = header->clockMode;
  g_session.clockBase = header->clockBase;
  g_session.processId = kernel::processId();
  prepareObjectLookup();
  LoadedObject self;
  if (findLoadedObject(reinterpret_cast<std::uintptr_t>(&attachToRelay), self)) {
    g_session.modules.addAgentRange(self.start, self.end);
  }
  g_session.modules.attach(header);
  g_session.stacks.attach(header);
  g_session.header = header;
  return true;
}

}  // namespace heaptap::capture
