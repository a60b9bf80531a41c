// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/error.h"
#include "collector/store/database.h"

namespace heaptap::store {

/// Whether there is more than the file of a session that no collector records any more.
[[nodiscard]] bool isAbandoned(const std::filesystem::path& session);

/// Whether a program that changed the file of a session (`heaptap symbolize`) was killed on the way. What it
/// has done is undone by tidyAbandoned().
[[nodiscard]] bool isHalfChanged(const std::filesystem::path& session);

/// Opens the file of a session to change it. Errors: NotWritable: its folder cannot be written; others of
/// Database::open().
[[nodiscard]] Result<Database> openForChange(const std::filesystem::path& session);

/// Makes one plain file of what a collector that was killed has left of a session: moves the log into the
/// file, and removes the reserve beside it. What was stored stays as it is: a record that was cut short.
/// Errors: Unavailable while a collector writes it; those of opening and writing the file. The log then stays
/// beside the file, where every reader finds it.
[[nodiscard]] Result<void> tidyAbandoned(const std::filesystem::path& session);

}  // namespace heaptap::store
