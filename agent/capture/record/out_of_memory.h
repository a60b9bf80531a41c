// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace heaptap::capture {

/// There was no memory for an allocation: marks the moment, the first HEAPTAP_OOM_MARKS times in a process.
/// The mark lies in shared memory, so it is there when the program aborts for it. Units: bytes; `align` 0:
/// none was asked for. Threads: any. Only while the gate is open.
void markOutOfMemory(std::size_t size, std::size_t align);

}  // namespace heaptap::capture
