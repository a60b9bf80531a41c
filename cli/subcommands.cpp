// SPDX-License-Identifier: Apache-2.0
#include "cli/subcommands.h"

namespace heaptap::cli {

std::vector<NewSubcommand> allSubcommands() {
  // clang-format off: a line each, so that two changes do not meet.
  constexpr NewSubcommand (*kMakers[])() = {
      runSubcommand,
      recoverSubcommand,
      reportSubcommand,
      blocksSubcommand,
      threadsSubcommand,
      suppressSubcommand,
      diffSubcommand,
      checkSubcommand,
      exportSubcommand,
      importSubcommand,
      anonymizeSubcommand,
      symbolizeSubcommand,
      verifySubcommand,
      querySubcommand,
      lsSubcommand,
      topSubcommand,
      pauseSubcommand,
      resumeSubcommand,
      markSubcommand,
      snapshotSubcommand,
      stopSubcommand,
      doctorSubcommand,
      completionSubcommand,
      manualSubcommand,
      privateCollectorSubcommand,
  };
  // clang-format on
  std::vector<NewSubcommand> all;
  for (const auto& make : kMakers) all.push_back(make());
  return all;
}

}  // namespace heaptap::cli
