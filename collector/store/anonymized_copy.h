// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/error.h"

namespace heaptap::store {

/// Writes a copy of a session file in which every name, path and argument is another one: the same for the
/// same, so that sites, modules and functions stay apart as they were. The allocator's own functions keep
/// their names, `main` and `_start` as well; the extensions of files stay. What is left out: build ids.
/// Numbers, times, addresses and ids stay as they are.
/// Errors: those of opening `session`; AlreadyExists, NotWritable, StorageFull: of `copy`, of which nothing
///         is then left.
[[nodiscard]] Result<void> writeAnonymizedCopy(const std::filesystem::path& session,
                                               const std::filesystem::path& copy, bool force);

}  // namespace heaptap::store
