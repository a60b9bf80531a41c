// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/wire/layout.h"

namespace heaptap::capture {

/// Tells the relay of private memory that heaptap itself uses in this process and its forked children: it is
/// not the program's. What finds no room in the list counts as the program's.
/// Threads: any; no lock.
inline void noteOwnMemory(wire::Header* header, const void* at, std::size_t bytes) {
  if (header == nullptr || at == nullptr) return;
  const std::uint32_t index = header->ownAreaCount.fetch_add(1, std::memory_order_relaxed);
  if (index >= wire::kMaxOwnAreas) return;
  header->ownAreas[index].start.store(reinterpret_cast<std::uintptr_t>(at), std::memory_order_relaxed);
  header->ownAreas[index].bytes.store(bytes, std::memory_order_release);
}

}  // namespace heaptap::capture
