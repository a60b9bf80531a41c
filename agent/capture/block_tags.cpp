// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/block_tags.h"

#include "agent/capture/kernel.h"
#include "agent/capture/own_memory.h"

namespace heaptap::capture {

// Small pages: a small heap touches few of them.
void BlockTags::open(wire::Header* header) {
  constexpr std::size_t kBytes = sizeof(Tag) << kBits;
  m_tags = static_cast<std::atomic<Tag>*>(
      kernel::map(kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE));
  noteOwnMemory(header, m_tags, kBytes);
}

}  // namespace heaptap::capture
