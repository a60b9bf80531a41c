// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "cli/subcommand.h"

/// Each command's maker, defined in its folder: COMMAND/COMMAND_subcommand.cpp.
namespace heaptap::cli {

using NewSubcommand = std::unique_ptr<Subcommand>;

[[nodiscard]] NewSubcommand runSubcommand();
[[nodiscard]] NewSubcommand recoverSubcommand();
[[nodiscard]] NewSubcommand reportSubcommand();
[[nodiscard]] NewSubcommand blocksSubcommand();
[[nodiscard]] NewSubcommand threadsSubcommand();
[[nodiscard]] NewSubcommand suppressSubcommand();
[[nodiscard]] NewSubcommand diffSubcommand();
[[nodiscard]] NewSubcommand checkSubcommand();
[[nodiscard]] NewSubcommand exportSubcommand();
[[nodiscard]] NewSubcommand importSubcommand();
[[nodiscard]] NewSubcommand anonymizeSubcommand();
[[nodiscard]] NewSubcommand symbolizeSubcommand();
[[nodiscard]] NewSubcommand verifySubcommand();
[[nodiscard]] NewSubcommand querySubcommand();
[[nodiscard]] NewSubcommand lsSubcommand();
[[nodiscard]] NewSubcommand topSubcommand();
[[nodiscard]] NewSubcommand pauseSubcommand();
[[nodiscard]] NewSubcommand resumeSubcommand();
[[nodiscard]] NewSubcommand markSubcommand();
[[nodiscard]] NewSubcommand snapshotSubcommand();
[[nodiscard]] NewSubcommand stopSubcommand();
[[nodiscard]] NewSubcommand doctorSubcommand();
[[nodiscard]] NewSubcommand completionSubcommand();
[[nodiscard]] NewSubcommand manualSubcommand();
[[nodiscard]] NewSubcommand privateCollectorSubcommand();

}  // namespace heaptap::cli
