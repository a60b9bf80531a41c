// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace heaptap::cli {

struct DoctorOptions {
  std::vector<std::string> command;  ///< With its arguments; empty: the machine alone.
};

/// Returns the exit status: that of what `run` would fail with, or of the first problem.
[[nodiscard]] int doctorCommand(const DoctorOptions& options);

}  // namespace heaptap::cli
