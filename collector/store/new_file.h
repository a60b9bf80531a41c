// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::store {

/// Blobs span many pages: larger ones than SQLite's 4096 cost 5 ns an event less, still larger ones gain no
/// more, and a small session would pay for them.
inline constexpr std::uint64_t kSessionPageBytes = 8192;

/// Makes the file of a session of which nothing has been recorded yet. It appears under its name with its
/// tables and the hello in it, where the file system can do that: so there is no moment at which a copy of it
/// is no session. Where it cannot, it is written in one piece. A file of that name is replaced only with
/// `force`: two collectors never share one.
/// Errors: AlreadyExists, NotWritable, StorageFull; Unavailable, and passing: no descriptor is free.
[[nodiscard]] Result<void> makeSessionFile(const std::filesystem::path& file, const v1::Hello& hello,
                                           bool force);

/// Tries whether makeSessionFile() could make a file of that name, which is not there: with one of a slightly
/// longer name, as large as a session in which nothing has happened, that is gone again when this returns.
/// Errors: NotWritable, StorageFull.
[[nodiscard]] Result<void> tryNewFile(const std::filesystem::path& file);

/// Removes a session's file and what SQLite keeps beside it.
void removeSessionFile(const std::filesystem::path& file);

}  // namespace heaptap::store
