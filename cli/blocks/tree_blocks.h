// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "cli/blocks/blocks_command.h"
#include "cli/output.h"

namespace heaptap::cli {

/// `heaptap blocks --tree`: the blocks of a session and of all that came of it, each once.
/// Memory: of the blocks that are shown, and of one session at a time.
/// Errors: of the session itself; those of the others are lines of the answer.
[[nodiscard]] Result<void> writeTreeBlocks(Output& out, const BlocksOptions& options);

}  // namespace heaptap::cli
