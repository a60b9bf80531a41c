// SPDX-License-Identifier: Apache-2.0
//
// mmap and its like, as programs, libraries and other allocators call them; libc's own calls do not come
// here. Every function calls the real one with unchanged arguments. Called before anything is ready, and by
// allocators in the middle of their work, so nothing here allocates or waits.
#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>

#include "agent/interpose/libc_errno.h"
#include "agent/interpose/mapping_events.h"
#include "agent/interpose/next_function.h"

#define HEAPTAP_INTERPOSED extern "C" __attribute__((visibility("default")))

namespace {

using namespace heaptap::interpose;

using Map = void* (*)(void*, std::size_t, int, int, int, off_t);
using Unmap = int (*)(void*, std::size_t);
using Remap = void* (*)(void*, std::size_t, std::size_t, int, ...);
using SetBreak = int (*)(void*);
using MoveBreak = void* (*)(std::intptr_t);
constinit std::atomic<Map> g_map{nullptr};
constinit std::atomic<Map> g_map64{nullptr};
constinit std::atomic<Unmap> g_unmap{nullptr};
constinit std::atomic<Remap> g_remap{nullptr};
constinit std::atomic<SetBreak> g_setBreak{nullptr};
constinit std::atomic<MoveBreak> g_moveBreak{nullptr};

void* const kNoBreak = reinterpret_cast<void*>(-1);

[[gnu::constructor]] void findRealFunctions() {
  nextFunction(g_map, "mmap");
  nextFunction(g_map64, "mmap64");
  nextFunction(g_unmap, "munmap");
  nextFunction(g_remap, "mremap");
  nextFunction(g_setBreak, "brk");
  nextFunction(g_moveBreak, "sbrk");
}

template <class Result>
Result unavailable(Result result) {
  setErrno(ENOSYS);
  return result;
}

// Inlined, as all that takes the call site: it is that of the entry point.
[[gnu::always_inline]] inline void* mapped(Map real, void* wanted, std::size_t bytes, int protection,
                                           int flags, int file, off_t offset) {
  if (real == nullptr) return unavailable(MAP_FAILED);
  void* const start = real(wanted, bytes, protection, flags, file, offset);
  if (recordingMappings()) noteMapped(start, bytes, flags, heaptap_caller());
  return start;
}

}  // namespace

HEAPTAP_INTERPOSED void* mmap(void* wanted, std::size_t bytes, int protection, int flags, int file,
                              off_t offset) noexcept {
  return mapped(nextFunction(g_map, "mmap"), wanted, bytes, protection, flags, file, offset);
}

HEAPTAP_INTERPOSED void* mmap64(void* wanted, std::size_t bytes, int protection, int flags, int file,
                                off64_t offset) noexcept {
  return mapped(nextFunction(g_map64, "mmap64"), wanted, bytes, protection, flags, file, offset);
}

HEAPTAP_INTERPOSED int munmap(void* start, std::size_t bytes) noexcept {
  const Unmap real = nextFunction(g_unmap, "munmap");
  if (real == nullptr) return unavailable(-1);
  if (!recordingMappings()) return real(start, bytes);
  return unmapNoted(start, bytes, heaptap_caller(), [&] { return real(start, bytes); });
}

// The last word is only looked at with MREMAP_FIXED, and handed on whether the caller gave it or not.
HEAPTAP_INTERPOSED void* mremap(void* old, std::size_t oldBytes, std::size_t newBytes, int flags,
                                ...) noexcept {
  va_list words;
  va_start(words, flags);
  void* const wanted = va_arg(words, void*);
  va_end(words);
  const Remap real = nextFunction(g_remap, "mremap");
  if (real == nullptr) return unavailable(MAP_FAILED);
  const auto call = [&] { return real(old, oldBytes, newBytes, flags, wanted); };
  return recordingMappings() ? remapNoted(old, oldBytes, newBytes, flags, heaptap_caller(), call) : call();
}

HEAPTAP_INTERPOSED int brk(void* end) noexcept {
  const SetBreak real = nextFunction(g_setBreak, "brk");
  if (real == nullptr) return unavailable(-1);
  const MoveBreak ask = recordingMappings() ? nextFunction(g_moveBreak, "sbrk") : nullptr;
  void* const before = ask != nullptr ? ask(0) : kNoBreak;
  if (before == kNoBreak) return real(end);
  const bool moved = breakNoted(static_cast<char*>(before), static_cast<char*>(end), heaptap_caller(),
                                [&] { return real(end) == 0; });
  return moved ? 0 : -1;
}

HEAPTAP_INTERPOSED void* sbrk(std::intptr_t distance) noexcept {
  const MoveBreak real = nextFunction(g_moveBreak, "sbrk");
  if (real == nullptr) return unavailable(kNoBreak);
  void* before = distance != 0 && recordingMappings() ? real(0) : kNoBreak;
  if (before == kNoBreak) return real(distance);
  breakNoted(static_cast<char*>(before), static_cast<char*>(before) + distance, heaptap_caller(), [&] {
    before = real(distance);
    return before != kNoBreak;
  });
  return before;
}
