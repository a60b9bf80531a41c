// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace heaptap::cli {

/// The whole program: reads the command line and runs the subcommand. Returns the exit status.
[[nodiscard]] int heaptapMain(int argc, const char* const* argv);

}  // namespace heaptap::cli
