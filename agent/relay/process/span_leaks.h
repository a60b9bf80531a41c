// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/relay/drain/heap_question.h"
#include "agent/relay/names/binary_names.h"
#include "agent/relay/target/shared_memory.h"
#include "agent/relay/target/span_answer.h"
#include "agent/relay/target/target_process.h"

namespace heaptap::relay {

/// Blocks of a question's span that seem to be lost: indices of HeapQuestion::blocks.
struct LostBlocks {
  std::vector<std::size_t> blocks = {};
  std::string obstacle = {};  ///< Why that is not known, in one line; empty: it is.
};

/// Looks through the process's memory for pointers to the blocks of the span. Takes a second or two where
/// there is much. What the program has freed since the question may be among the lost. Threads: any.
[[nodiscard]] LostBlocks lostBlocks(const HeapQuestion& question, const TargetProcess& process,
                                    const SharedMemory& memory);

/// The answer, with the stacks of lost blocks by name. `modules`: of the session, which frames refer to.
/// Threads: any.
[[nodiscard]] SpanAnswer answerOf(const HeapQuestion& question, const LostBlocks& lost, BinaryNames& binaries,
                                  const std::vector<Module>& modules);

}  // namespace heaptap::relay
