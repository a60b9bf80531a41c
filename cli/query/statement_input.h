// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>

#include "base/error.h"

namespace heaptap::cli {

/// All of standard input. Errors: Usage: more than statements ever have; NotPermitted: it cannot be read;
/// Unavailable: interrupted.
[[nodiscard]] Result<std::string> readStatements(const std::atomic<bool>& isInterrupted);

}  // namespace heaptap::cli
