// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/block_tags.h"

#include "agent/capture/own_memory.h"

namespace heaptap::capture {

// Small pages: a small heap touches few of them.
void BlockTags::open() { m_tags = static_cast<std::atomic<Tag>*>(takeOwnMemory(sizeof(Tag) << kBits)); }

}  // namespace heaptap::capture
