// SPDX-License-Identifier: Apache-2.0
#include "cli/check/check_command.h"

#include "cli/check/gate.h"
#include "cli/exit_code.h"
#include "cli/message.h"

namespace heaptap::cli {

int checkCommand(const CheckOptions& options) {
  const auto passed = Gate::open(options.gate).and_then([&](const Gate& gate) {
    return gate.check(options.sessions, options.collector, Gate::Stream::Output);
  });
  if (passed) return *passed ? kExitOk : kExitGateFailed;
  printError(passed.error());
  return exitCodeFor(passed.error().code);
}

}  // namespace heaptap::cli
