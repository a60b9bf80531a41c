// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/block_tags.h"

#include "agent/capture/kernel.h"

namespace heaptap::capture {

// Small pages: a small heap touches few of them.
void BlockTags::open() {
  m_tags = static_cast<std::atomic<Tag>*>(
      kernel::map(sizeof(Tag) << kBits, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE));
}

}  // namespace heaptap::capture
