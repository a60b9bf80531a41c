// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <initializer_list>
#include <string>

#include "agent/relay/target/session_clock.h"
#include "agent/wire/handshake.h"
#include "agent/wire/layout.h"
#include "base/unique_fd.h"

namespace heaptap::relay::test {

/// The little that a target needs: the handshake, and one thread that writes one event after the other.
class MinimalTarget {
 public:
  /// The first half of the handshake.
  static UniqueFd ask(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    UniqueFd fd(socket(AF_UNIX, SOCK_STREAM, 0));
    static_cast<void>(connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
    const wire::ClientHello hello{wire::kMagic, wire::kLayoutVersion, static_cast<std::uint32_t>(getpid())};
    static_cast<void>(send(fd.get(), &hello, sizeof hello, MSG_NOSIGNAL));
    return fd;
  }

  explicit MinimalTarget(const std::string& path) {
    const UniqueFd fd = ask(path);
    wire::Welcome welcome{};
    iovec part{&welcome, sizeof welcome};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    if (recvmsg(fd.get(), &message, 0) <= 0 || welcome.status != 0) _exit(99);
    int memory = -1;
    std::memcpy(&memory, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof memory);
    m_bytes = welcome.totalBytes;
    m_base = static_cast<char*>(mmap(nullptr, m_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0));
    close(memory);
    m_header = reinterpret_cast<wire::Header*>(m_base);
    m_header->attached.store(1);
    claimThread();
  }

  void alloc(std::uint64_t address, std::uint32_t size) {
    write({wire::headWord(now(), 0, wire::EventKind::Alloc),
           wire::addressWord(address, wire::Origin::Malloc, 4),
           wire::stackWord(wire::kOverflowNode, 0, size)});
  }
  void free(std::uint64_t address) {
    write(
        {wire::headWord(now(), 0, wire::EventKind::Free), wire::addressWord(address, wire::Origin::Free, 0)});
  }

  /// Forks a child that lives until `act` returns its exit status.
  pid_t fork(const std::function<int()>& act) {
    m_fork = m_header->forkCount.fetch_add(1) + 1;
    write({wire::headWord(now(), 0, wire::EventKind::Rare), wire::rareWord(wire::RareKind::Fork, m_fork)});
    const pid_t pid = ::fork();
    if (pid == 0) _exit(act());
    return pid;
  }
  /// In a child: does what capture does at a child's first event.
  void join() {
    const std::uint32_t index = m_header->processCount.fetch_add(1);
    auto& slot = reinterpret_cast<wire::ProcessSlot*>(m_base + m_header->geometry.processes)[index];
    slot.pid = static_cast<std::uint32_t>(getpid());
    slot.parent = m_process;
    slot.fork = m_fork;
    slot.claimedAt = now();
    slot.claimed.store(1, std::memory_order_release);
    m_process = index;
    claimThread();
  }
  /// What exec does to the memory.
  void unmap() { munmap(m_base, m_bytes); }

  [[nodiscard]] std::uint32_t control() const { return m_header->control.load(); }
  [[nodiscard]] bool relayIsGone() const {
    const std::uint32_t word = m_header->relayAlive.load();
    return word == 0 || (word & wire::kFutexOwnerDied) != 0;
  }

 private:
  [[nodiscard]] std::uint64_t now() const { return ticksNow(m_header->clockMode) - m_header->clockBase; }

  void claimThread() {
    const std::uint32_t index = m_header->slotHighWater.fetch_add(1);
    auto& slot = reinterpret_cast<wire::ThreadSlot*>(m_base + m_header->geometry.threads)[index];
    slot.tid = static_cast<std::uint32_t>(getpid());
    slot.process = m_process;
    slot.claimedAt = now();
    slot.claim.store(1, std::memory_order_release);
    auto& pool = m_header->freeChunks.head;
    std::uint64_t head = pool.load();
    std::uint64_t shorter = 0;
    do {
      m_chunk = reinterpret_cast<wire::ChunkHeader*>(m_base + m_header->geometry.chunks +
                                                     std::uint64_t{wire::FreeList::reference(head) - 1} *
                                                         wire::kChunkBytes);
      shorter = wire::FreeList::pack(
          wire::FreeList::tag(head) + 1, wire::FreeList::count(head) - 1U,
          wire::linked(m_chunk->nextFree, wire::FreeList::reference(head), m_header->geometry.chunkCount));
    } while (!pool.compare_exchange_weak(head, shorter));
    slot.firstChunk[0] = wire::FreeList::reference(head);
  }

  void write(std::initializer_list<std::uint64_t> words) {
    const std::uint32_t used = m_chunk->published.load();
    const std::size_t bytes = words.size() * 8;
    std::memcpy(reinterpret_cast<char*>(m_chunk + 1) + used, words.begin(), bytes);
    m_chunk->published.store(used + static_cast<std::uint32_t>(bytes), std::memory_order_release);
  }

  char* m_base = nullptr;
  std::size_t m_bytes = 0;
  wire::Header* m_header = nullptr;
  wire::ChunkHeader* m_chunk = nullptr;
  std::uint32_t m_process = wire::kFirstProcess;
  std::uint32_t m_fork = wire::kNoFork;
};

/// Holds up one process until another lets it go on.
class Gate {
 public:
  Gate() { static_cast<void>(pipe(m_ends)); }
  void wait() {
    char go = 0;
    static_cast<void>(read(m_ends[0], &go, 1));
  }
  void open() { static_cast<void>(write(m_ends[1], "x", 1)); }

 private:
  int m_ends[2] = {-1, -1};
};

}  // namespace heaptap::relay::test
