// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/memory/wiped_memory.h"

#include "agent/capture/memory/own_memory.h"
#include "agent/capture/system/kernel.h"

namespace heaptap::capture {

WipedMemory* makeWipedMemory(bool sampled) {
  const std::size_t bytes = sampled ? sizeof(WipedMemory) : offsetof(WipedMemory, threads);
  void* const memory = takeOwnMemory(bytes);
  if (memory == nullptr) return nullptr;
  if (arch::systemCall(SYS_madvise, kernel::asWord(memory), static_cast<long>(bytes), MADV_WIPEONFORK) != 0) {
    giveOwnMemoryBack(memory, bytes);
    return nullptr;
  }
  return static_cast<WipedMemory*>(memory);
}

}  // namespace heaptap::capture
