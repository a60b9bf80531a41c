// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/out_of_memory.h"

#include <atomic>
#include <cstdint>

#include "agent/capture/record/record_events.h"
#include "agent/capture/system/short_text.h"
#include "agent/include/heaptap/abi.h"

namespace heaptap::capture {
namespace {

// A program that lives with it may fail a million times: the names of marks share their room with others.
constinit std::atomic<std::uint32_t> g_marked{0};

}  // namespace

void markOutOfMemory(std::size_t size, std::size_t align) {
  if (g_marked.load(std::memory_order_relaxed) >= HEAPTAP_OOM_MARKS) return;
  if (g_marked.fetch_add(1, std::memory_order_relaxed) >= HEAPTAP_OOM_MARKS) return;
  ShortText<80> name;
  name.append("out of memory: ").append(std::uint64_t{size}).append(" bytes");
  if (align != 0) name.append(", aligned to ").append(std::uint64_t{align});
  recordMark(name.text(), name.length(), false);
}

}  // namespace heaptap::capture
