// SPDX-License-Identifier: Apache-2.0
#include "cli/subcommands.h"

namespace heaptap::cli {

std::vector<NewSubcommand> allSubcommands() {
  constexpr NewSubcommand (*kMakers[])() = {
      runSubcommand,        recoverSubcommand,  reportSubcommand,
      suppressSubcommand,   diffSubcommand,     exportSubcommand,
      lsSubcommand,         pauseSubcommand,    resumeSubcommand,
      markSubcommand,       snapshotSubcommand, stopSubcommand,
      completionSubcommand, manualSubcommand,   privateCollectorSubcommand,
  };
  std::vector<NewSubcommand> all;
  for (const auto& make : kMakers) all.push_back(make());
  return all;
}

}  // namespace heaptap::cli
