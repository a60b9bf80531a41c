// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/record/block_tags.h"

#include "agent/capture/memory/own_memory.h"

namespace heaptap::capture {

constinit BlockTags g_tags;

// Small pages: a small heap touches few of them.
void BlockTags::open() { m_tags = static_cast<std::atomic<Tag>*>(takeOwnMemory(sizeof(Tag) << kBits)); }

}  // namespace heaptap::capture
