// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "client/stack_lines.h"
#include "collector/model/ids.h"
#include "sql/session_context.h"

namespace heaptap::sql {

/// What a heap is called: `malloc`, `mappings`, or as the program named it.
[[nodiscard]] std::string heapName(const DecodedSession& session, model::HeapId heap);

/// The line of a stack that people look for: the innermost that is not the allocator's own. None: the stack
/// was not recorded.
[[nodiscard]] std::optional<client::StackLine> placeOf(const DecodedSession& session, model::StackId stack);

/// The function's name; without one, `libjq.so.1+0x12a4`.
[[nodiscard]] std::string functionOf(const client::StackLine& line);

/// The entry point of the allocator: `malloc`.
[[nodiscard]] std::string_view originOf(model::Origin origin);

}  // namespace heaptap::sql
