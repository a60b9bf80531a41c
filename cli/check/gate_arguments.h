// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>

#include "cli/check/check_options.h"

namespace heaptap::cli {

/// Adds the options that say what sessions are judged by, and how the verdict is written. `condition`: the
/// option without which they mean nothing; null: none.
void addGateArguments(CLI::App& app, GateOptions& options, CLI::Option* condition);

}  // namespace heaptap::cli
