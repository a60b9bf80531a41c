// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/error.h"

namespace heaptap::store {

/// May a session be written to `file`? Only a regular file is ever replaced, and only with `force` and if it
/// is a session, or empty; a link is replaced itself; a name that is free is fine.
/// Errors: AlreadyExists without `force`, and of what is no session; NotWritable for a folder, a device, a
/// pipe.
[[nodiscard]] Result<void> checkReplaced(const std::filesystem::path& file, bool force);

/// The same for a copy of the file `session`. Errors: also Usage, when `copy` is the session itself.
[[nodiscard]] Result<void> checkCopy(const std::filesystem::path& session, const std::filesystem::path& copy,
                                     bool force);

}  // namespace heaptap::store
