// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/error.h"
#include "collector/model/thread_matrix.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::query {

/// What a request asks for. Which pairs there are is checked by who answers.
[[nodiscard]] model::ThreadMatrixQuery queryOf(const v1::GetThreadMatrixRequest& request);

/// Appends the cells from `first` on, so many that a message stays small, and in the last message the
/// lifetimes. Returns: the first cell that is left.
std::size_t writeMatrix(const model::ThreadMatrix& matrix, std::size_t first, v1::ThreadMatrixReply& reply);
/// The same with pairs, where they were counted.
std::size_t writePairs(const model::ThreadMatrix& matrix, std::size_t first, v1::ThreadMatrixReply& reply);

}  // namespace heaptap::query
