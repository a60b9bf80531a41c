// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/wiped_memory.h"

#include "agent/capture/kernel.h"

namespace heaptap::capture {

WipedMemory* makeWipedMemory(bool sampled) {
  const std::size_t bytes = sampled ? sizeof(WipedMemory) : offsetof(WipedMemory, threads);
  void* const memory =
      kernel::map(bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
  if (memory == nullptr) return nullptr;
  const auto length = static_cast<long>(bytes);
  // Few of the threads' lines are ever touched.
  arch::systemCall(SYS_madvise, kernel::asWord(memory), length, MADV_NOHUGEPAGE);
  if (arch::systemCall(SYS_madvise, kernel::asWord(memory), length, MADV_WIPEONFORK) != 0) {
    kernel::unmap(memory, bytes);
    return nullptr;
  }
  return static_cast<WipedMemory*>(memory);
}

}  // namespace heaptap::capture
