// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

#include "base/error.h"

namespace heaptap::cli {

/// The variable by which `heaptap run` says where its COMMAND is recorded, for other programs.
inline constexpr const char* kControlVariable = "HEAPTAP_CONTROL";

/// Where the process `pid` is recorded, as the environment that it was started with says: the address of a
/// collector.
/// Errors: NotFound: no such process, or nothing says that it is recorded; NotPermitted: another user's.
[[nodiscard]] Result<std::string> collectorOf(pid_t pid);

}  // namespace heaptap::cli
