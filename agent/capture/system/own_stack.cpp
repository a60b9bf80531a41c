// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/system/own_stack.h"

#include <sys/resource.h>

#include "agent/capture/system/arch/arch.h"
#include "agent/capture/system/c_library.h"
#include "agent/capture/system/kernel.h"
#include "agent/wire/thread_slot.h"

namespace heaptap::capture {
namespace {

// The kernel keeps at least so much room free for the first thread's stack (arch/x86/mm/mmap.c, mmap_base:
// 128 MiB and what RLIMIT_STACK says), and makes it grow in one piece.
constexpr std::uint64_t kRoomOfMainStack = 64ULL << 20;
constexpr std::uint64_t kMostRoomOfMainStack = 1ULL << 30;

std::uint64_t roomOfMainStack(bool mayAsk) {
  rlimit limit{};
  if (!mayAsk || arch::systemCall(SYS_prlimit64, 0, RLIMIT_STACK, 0, kernel::asWord(&limit)) != 0)
    return kRoomOfMainStack;
  if (limit.rlim_cur >= kMostRoomOfMainStack) return kMostRoomOfMainStack;
  return limit.rlim_cur > kRoomOfMainStack ? limit.rlim_cur : kRoomOfMainStack;
}

// Where libc has put the stack of the thread with this descriptor, its guard left out; 0 when that is not
// found. The descriptor says so in three neighbours, the lowest address, the size and the size of the guard
// (glibc nptl/descr.h: stackblock, stackblock_size, guardsize). Their place differs from version to version,
// so they are looked for: no other two words are the ends of a range at whose end the descriptor lies.
std::uint64_t beginOfThreadsStack(const OwnStack& stack) {
  constexpr std::size_t kDescriptorBytes = 4096;  // 2,304 and some; what lies behind is the stack's end.
  const std::uint64_t descriptor = stack.end();
  const std::uint64_t nextPage = OwnStack::pageOf(descriptor) + OwnStack::kPage;
  const bool hasNext = stack.mayAsk() && stack.isReadable(nextPage);
  const std::uint64_t end = hasNext ? descriptor + kDescriptorBytes - 64 : nextPage;
  const auto word = [](std::uint64_t at) { return *reinterpret_cast<const volatile std::uint64_t*>(at); };
  for (std::uint64_t at = descriptor; at + 3 * sizeof(std::uint64_t) <= end; at += sizeof(std::uint64_t)) {
    const std::uint64_t begin = word(at);
    const std::uint64_t bytes = word(at + sizeof(std::uint64_t));
    // A small number before a pointer into the descriptor looks like it, too: the thread's id and its robust
    // list.
    if (begin <= 2 * kDescriptorBytes || begin >= descriptor || bytes <= descriptor - begin) continue;
    if (bytes - (descriptor - begin) > 2 * kDescriptorBytes) continue;
    const std::uint64_t guard = word(at + 2 * sizeof(std::uint64_t));
    return guard < bytes ? begin + guard : begin;
  }
  return 0;
}

}  // namespace

bool OwnStack::mayAsk() const {
  return m_restrictions == nullptr ||
         (m_restrictions->load(std::memory_order_relaxed) & wire::kNoSystemCalls) == 0;
}

bool OwnStack::isReadable(std::uint64_t address) const { return kernel::isReadable(address); }

bool OwnStack::reaches(std::uint64_t address) {
  if (contains(address)) return true;
  if (address >= m_end || m_end - address > kLargest || address < m_begin || address < m_hole) return false;
  if (!mayAsk()) return true;
  const std::uint64_t first = pageOf(address);
  for (std::uint64_t page = first; page < m_low; page += kPage) {
    if (isReadable(page)) continue;
    m_hole = page;
    return false;
  }
  m_low = first;
  return true;
}

OwnStack stackOfThisThread(bool isMain, const std::atomic<std::uint32_t>* restrictions) {
  // A thread of pthread_create has its descriptor above its stack, in the same mapping (glibc
  // nptl/allocatestack.c).
  OwnStack threads(arch::threadPointer(), 0, restrictions);
  void* const* const stackEnd = cLibrary().stackEnd;
  if (!isMain || stackEnd == nullptr) {
    threads.beginsAt(beginOfThreadsStack(threads));
    return threads;
  }
  const auto end = reinterpret_cast<std::uintptr_t>(*stackEnd);
  const std::uint64_t room = roomOfMainStack(threads.mayAsk());
  const OwnStack own(end, OwnStack::pageOf(end - room), restrictions);
  // The only thread of a forked child may have been another one of its parent.
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  if (own.contains(here) || threads.end() - here > room) return own;
  threads.beginsAt(beginOfThreadsStack(threads));
  return threads;
}

}  // namespace heaptap::capture
