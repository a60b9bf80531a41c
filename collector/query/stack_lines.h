// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "collector/model/definitions.h"
#include "collector/model/frame_names.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::query {

/// A hostile record may hold stacks of any depth; an answer stays bounded.
inline constexpr std::size_t kMaxStackLines = 16384;

/// The lines of a stack for people: innermost first, an inlined function before its caller, without the
/// allocator's own leading lines (unless there are no others). A function that is not known is empty.
std::vector<v1::StackLine> stackLines(const model::DefinitionsView& definitions,
                                      const model::FrameNames& names, model::StackId stack);

}  // namespace heaptap::query
