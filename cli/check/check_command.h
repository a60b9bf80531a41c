// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/check/check_options.h"

namespace heaptap::cli {

/// `heaptap check`: writes the verdict, and returns the exit status: kExitGateFailed where something fails.
[[nodiscard]] int checkCommand(const CheckOptions& options);

}  // namespace heaptap::cli
