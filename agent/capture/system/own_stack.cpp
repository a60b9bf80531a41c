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

}  // namespace

bool OwnStack::mayAsk() const {
  return m_restrictions == nullptr ||
         (m_restrictions->load(std::memory_order_relaxed) & wire::kNoSystemCalls) == 0;
}

bool OwnStack::isReadable(std::uint64_t address) const { return kernel::isReadable(address); }

bool OwnStack::reaches(std::uint64_t address) {
  if (contains(address)) return true;
  if (address >= m_end || m_end - address > kLargest || address < m_hole) return false;
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
  const OwnStack threads(arch::threadPointer(), 0, restrictions);
  void* const* const stackEnd = cLibrary().stackEnd;
  if (!isMain || stackEnd == nullptr) return threads;
  const auto end = reinterpret_cast<std::uintptr_t>(*stackEnd);
  const std::uint64_t room = roomOfMainStack(threads.mayAsk());
  const OwnStack own(end, OwnStack::pageOf(end - room), restrictions);
  // The only thread of a forked child may have been another one of its parent.
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  return own.contains(here) || threads.end() - here > room ? own : threads;
}

}  // namespace heaptap::capture
