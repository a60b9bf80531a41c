// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/error.h"
#include "collector/model/block_choice.h"
#include "collector/model/block_query.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::query {

/// What a request asks for. Errors: Usage: pairs that do not ascend.
Result<model::BlockQuery> queryOf(const v1::GetBlocksRequest& request);

[[nodiscard]] model::BlockChoice choiceOf(const v1::GetCountsRequest& request);

/// Appends the blocks of a page from `first` on, so many that a message stays small. Returns: the first that
/// is left.
std::size_t writeBlocks(const model::BlockPage& page, std::size_t first, v1::BlocksReply& reply);
/// Likewise.
std::size_t writeLives(const model::AddressHistory& history, std::size_t first, v1::AddressReply& reply);

}  // namespace heaptap::query
