// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/error.h"

namespace heaptap::cli {

/// Whether a session can be stored: in `output`, or when that is empty in the current folder. Asked before
/// anything is started, so that COMMAND does not run for nothing.
/// Errors: AlreadyExists, NotWritable, StorageFull.
[[nodiscard]] Result<void> checkOutput(const std::filesystem::path& output, bool force);

}  // namespace heaptap::cli
