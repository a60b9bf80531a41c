// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "agent/relay/memory/address_range.h"
#include "agent/relay/memory/process_words.h"
#include "agent/relay/memory/writable_mappings.h"
#include "agent/relay/target/target_process.h"

namespace heaptap::relay {

/// Where words are only left behind: the stacks that glibc keeps of threads that have ended, and, of a thread
/// that waits in the kernel, what is below its stack pointer. Empty where the layout of the C library's
/// threads is not known: then all of it counts as in use. Threads: any.
[[nodiscard]] std::vector<AddressRange> unusedStacks(const TargetProcess& process, ProcessWords& words,
                                                     const std::vector<WritableMapping>& mappings);

}  // namespace heaptap::relay
