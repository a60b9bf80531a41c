// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/attach/exec_notes.h"

#include <fcntl.h>

#include <cstring>

#include "agent/capture/record/connection.h"
#include "agent/capture/system/dynamic_symbols.h"
#include "agent/capture/system/kernel.h"

namespace heaptap::capture {
namespace {

using wire::ExecNote;
using wire::ExecState;

constinit char** const* g_ownEnvironment = nullptr;

constexpr std::size_t kEntriesAtOnce = 32;
constexpr std::size_t kMaxEntries = 4096;
constexpr char kPreload[] = "LD_PRELOAD=";
constexpr std::size_t kPreloadBytes = sizeof(kPreload) - 1;
constexpr char kOurs[] = "libheaptap";

/// Copies what can be read of `bytes` bytes there.
std::size_t readOwn(std::uint32_t processId, const void* from, void* to, std::size_t bytes) {
  iovec local{to, bytes};
  iovec remote{const_cast<void*>(from), bytes};
  const long got = arch::systemCall(SYS_process_vm_readv, static_cast<long>(processId),
                                    kernel::asWord(&local), 1, kernel::asWord(&remote), 1, 0);
  return got < 0 ? 0 : static_cast<std::size_t>(got);
}

/// Copies a string, or its end where it is too long. Returns its length in `to`.
std::size_t readText(std::uint32_t processId, const char* from, char* to, std::size_t room) {
  constexpr std::size_t kMaxPath = 4096;
  std::size_t length = 0;
  for (std::size_t read = 0; read < kMaxPath;) {
    char piece[128];
    const std::size_t got = readOwn(processId, from + read, piece, sizeof(piece));
    if (got == 0) return length;
    for (std::size_t i = 0; i < got; ++i) {
      if (piece[i] == 0) return length;
      if (length == room) std::memmove(to, to + 1, --length);
      to[length++] = piece[i];
    }
    read += got;
  }
  return length;
}

/// The name of an open file, as the kernel shows it.
std::size_t nameOf(int file, char* to, std::size_t room) {
  char link[32] = "/proc/self/fd/";
  char digits[12];
  std::size_t count = 0;
  for (unsigned rest = static_cast<unsigned>(file); count == 0 || rest != 0; rest /= 10)
    digits[count++] = static_cast<char>('0' + rest % 10);
  std::size_t at = std::strlen(link);
  while (count > 0) link[at++] = digits[--count];
  link[at] = 0;
  const long got =
      arch::systemCall(SYS_readlink, kernel::asWord(&link[0]), kernel::asWord(to), static_cast<long>(room));
  return got < 0 ? 0 : static_cast<std::size_t>(got);
}

/// The inode of this process's PID namespace, from a link of the form `pid:[4026531836]`. 0: there is no
/// /proc.
std::uint32_t pidNamespace() {
  char text[32];
  const long got = arch::systemCall(SYS_readlink, kernel::asWord("/proc/self/ns/pid"),
                                    kernel::asWord(&text[0]), sizeof(text));
  std::uint32_t inode = 0;
  for (long i = 0; i < got; ++i)
    if (text[i] >= '0' && text[i] <= '9') inode = inode * 10 + static_cast<std::uint32_t>(text[i] - '0');
  return inode;
}

bool holdsOurs(std::uint32_t processId, const char* entry) {
  char value[1024];
  const std::size_t got = readOwn(processId, entry, value, sizeof(value) - 1);
  value[got] = 0;
  if (strnlen(value, got) == sizeof(value) - 1) return true;  // It is longer: perhaps.
  for (const char* at = value; *at != 0; ++at)
    if (std::strncmp(at, kOurs, sizeof(kOurs) - 1) == 0) return true;
  return false;
}

/// Returns true when it is certain that heaptap's library is not in this environment.
bool lacksPreload(std::uint32_t processId, char* const* environment) {
  for (std::size_t done = 0; done < kMaxEntries;) {
    const char* entries[kEntriesAtOnce];
    const std::size_t got = readOwn(processId, environment + done, entries, sizeof(entries)) / sizeof(char*);
    if (got == 0) return false;
    iovec remote[kEntriesAtOnce];
    char begins[kEntriesAtOnce][kPreloadBytes];
    std::size_t count = 0;
    while (count < got && entries[count] != nullptr) {
      remote[count] = {const_cast<char*>(entries[count]), kPreloadBytes};
      ++count;
    }
    iovec local{begins, count * kPreloadBytes};
    const long read = count == 0 ? 0
                                 : arch::systemCall(SYS_process_vm_readv, static_cast<long>(processId),
                                                    kernel::asWord(&local), 1, kernel::asWord(&remote[0]),
                                                    static_cast<long>(count), 0);
    if (read != static_cast<long>(count * kPreloadBytes)) return false;
    for (std::size_t i = 0; i < count; ++i)
      if (std::memcmp(begins[i], kPreload, kPreloadBytes) == 0) return !holdsOurs(processId, entries[i]);
    if (count < got) return true;
    done += got;
  }
  return false;
}

ExecNote* claim(wire::Header* header) {
  for (ExecNote& note : header->execNotes) {
    auto free = static_cast<std::uint32_t>(ExecState::Free);
    if (note.state.load(std::memory_order_relaxed) == free &&
        note.state.compare_exchange_strong(free, static_cast<std::uint32_t>(ExecState::Writing),
                                           std::memory_order_acquire))
      return &note;
  }
  return nullptr;
}

}  // namespace

void prepareExecNotes() {
  // The first definition, as libc itself uses it: the program may have a copy (R_X86_64_COPY).
  g_ownEnvironment = static_cast<char** const*>(findDynamicSymbol("__environ", nullptr));
}

std::uint32_t noteExec(const ExecCall& call) {
  wire::Header* const header = g_connection.header;
  if (header == nullptr) return 0;
  // A sandbox may forbid the calls that are made here.
  if ((header->control.load(std::memory_order_relaxed) &
       (wire::kControlStopped | wire::kControlRestricted)) != 0)
    return 0;
  ExecNote* const note = claim(header);
  if (note == nullptr) return 0;
  const std::uint32_t self = kernel::processId();
  char* const* environment = call.environment;
  if (call.ownEnvironment) environment = g_ownEnvironment == nullptr ? nullptr : *g_ownEnvironment;
  const bool isEmpty = environment == nullptr && !call.ownEnvironment;  // As Linux takes it.
  note->flags = isEmpty || lacksPreload(self, environment) ? wire::kExecWithoutPreload : 0;
  std::size_t length = readText(self, call.path, note->path, wire::kExecPathBytes);
  if (length == 0 && call.file >= 0) length = nameOf(call.file, note->path, wire::kExecPathBytes);
  note->pathBytes = static_cast<std::uint32_t>(length);
  note->process = g_connection.process;
  note->pidNamespace = pidNamespace();
  note->pid.store(call.inUnnamedChild ? wire::kUnnamedChild
                  : call.inChild      ? 0
                                      : self,
                  std::memory_order_relaxed);
  note->state.store(static_cast<std::uint32_t>(ExecState::Begun), std::memory_order_release);
  return static_cast<std::uint32_t>(note - header->execNotes) + 1;
}

void takeBackExec(std::uint32_t token) {
  if (token == 0) return;
  auto begun = static_cast<std::uint32_t>(ExecState::Begun);
  g_connection.header->execNotes[token - 1].state.compare_exchange_strong(
      begun, static_cast<std::uint32_t>(ExecState::Free), std::memory_order_release);
}

void noteExecutor(std::uint32_t token, std::uint32_t pid) {
  if (token != 0) g_connection.header->execNotes[token - 1].pid.store(pid, std::memory_order_release);
}

}  // namespace heaptap::capture
