// SPDX-License-Identifier: Apache-2.0
#include "agent/interpose/unrelocated.h"

#include <link.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "agent/capture/system/c_library.h"
#include "agent/capture/system/object_symbols.h"
#include "agent/include/heaptap/abi.h"

// NOLINTNEXTLINE(bugprone-reserved-identifier, readability-identifier-naming): the linker's.
extern "C" [[gnu::visibility("hidden")]] const Elf64_Ehdr __ehdr_start;

// A function whose unwind information says that nothing has called it.
asm(".pushsection .text\n"
    ".hidden heaptap_outermost\n"
    ".globl heaptap_outermost\n"
    ".type heaptap_outermost, @function\n"
    "heaptap_outermost:\n"
    ".cfi_startproc\n"
    ".cfi_undefined rip\n"
    "nop\n"
    "nop\n"
    ".cfi_endproc\n"
    ".size heaptap_outermost, . - heaptap_outermost\n"
    ".popsection");
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" [[gnu::visibility("hidden")]] const char heaptap_outermost;

namespace heaptap::interpose {

const void* const volatile g_relocated = const_cast<const void* const*>(&g_relocated);

namespace {

using capture::ObjectSymbols;

struct Early {
  void* block;
  std::size_t size;
  const void* pc;
};

// Far more than any resolver allocates. What is beyond is not recorded.
constexpr std::size_t kMost = 256;
constinit Early g_early[kMost] = {};
constinit std::atomic<std::size_t> g_count{0};

void* remember(void* block, std::size_t size, const void* pc) {
  const std::size_t count = g_count.load(std::memory_order_relaxed);
  if (block == nullptr || count == kMost) return block;
  g_early[count] = {block, size, pc};
  g_count.store(count + 1, std::memory_order_relaxed);
  return block;
}

void forget(const void* block) {
  const std::size_t count = g_count.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < count; ++i) {
    if (g_early[i].block != block) continue;
    g_early[i] = g_early[count - 1];
    g_count.store(count - 1, std::memory_order_relaxed);
    return;
  }
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(nextUnrelocated(name));
}

}  // namespace

void* nextUnrelocated(const char* name) {
  const r_debug* const debug = capture::cLibrary().debug;
  const Elf64_Dyn* const own = capture::imageAt(reinterpret_cast<std::uintptr_t>(&__ehdr_start)).dynamic;
  bool isBehind = false;
  for (const link_map* object = debug == nullptr ? nullptr : debug->r_map; object != nullptr;
       object = object->l_next) {
    if (object->l_ld == own) {
      isBehind = true;
      continue;
    }
    if (!isBehind || object->l_ld == nullptr) continue;
    const ObjectSymbols symbols(object->l_addr, object->l_ld);
    // heaptap's other library may not be relocated either.
    if (symbols.find("heaptap_gate") != nullptr) continue;
    if (void* const found = symbols.addressOf(name); found != nullptr) return found;
  }
  return nullptr;
}

void* mallocUnrelocated(std::size_t size, const void* pc) {
  const auto real = next<void* (*)(std::size_t)>("malloc");
  return real == nullptr ? nullptr : remember(real(size), size, pc);
}

void* callocUnrelocated(std::size_t count, std::size_t size, const void* pc) {
  const auto real = next<void* (*)(std::size_t, std::size_t)>("calloc");
  return real == nullptr ? nullptr : remember(real(count, size), count * size, pc);
}

void* reallocUnrelocated(void* old, std::size_t size, const void* pc) {
  const auto real = next<void* (*)(void*, std::size_t)>("realloc");
  void* const now = real == nullptr ? nullptr : real(old, size);
  if (now != nullptr || size == 0) forget(old);
  return remember(now, size, pc);
}

void* alignedUnrelocated(std::size_t align, std::size_t size, const void* pc) {
  if (align <= alignof(std::max_align_t)) return mallocUnrelocated(size, pc);
  const auto real = next<void* (*)(std::size_t, std::size_t)>("memalign");
  return real == nullptr ? nullptr : remember(real(align, size), size, pc);
}

void freeUnrelocated(void* block) {
  forget(block);
  const auto real = next<void (*)(void*)>("free");
  if (real != nullptr) real(block);
}

void reportUnrelocated() {
  const std::size_t count = g_count.exchange(0, std::memory_order_relaxed);
  if (count == 0) return;
  // Nothing is left of their stacks. So they get one on which each caller is a function that has none itself.
  constexpr std::size_t kWords = 512;
  const std::uint64_t begin = reinterpret_cast<std::uintptr_t>(&heaptap_outermost) + 1;
  volatile std::uint64_t stack[kWords];
  for (volatile std::uint64_t& word : stack) word = begin;
  const auto sp = reinterpret_cast<std::uintptr_t>(stack);
  const auto fp = reinterpret_cast<std::uintptr_t>(stack + kWords / 2);
  for (std::size_t i = 0; i < count; ++i) {
    const heaptap_call_site from{reinterpret_cast<std::uintptr_t>(g_early[i].pc), sp, fp, sp};
    const heaptap_allocation allocation{g_early[i].block, g_early[i].size, 0, HEAPTAP_ORIGIN_MALLOC, nullptr};
    heaptap_on_alloc(&allocation, &from);
  }
}

}  // namespace heaptap::interpose
