// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "client/profile_source.h"
#include "gui/models/blocks/block.h"

namespace heaptap::gui {

/// The blocks that a view wants. Errors: of the source; Corrupt. Threads: any.
[[nodiscard]] Result<BlockPage> readBlocks(client::ProfileSource& source, const std::string& session,
                                           const BlockWish& wish, const std::stop_token& stop);

}  // namespace heaptap::gui
