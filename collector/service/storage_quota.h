// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace heaptap::service {

/// How much a folder may keep. None: as much as comes.
struct StorageLimits {
  std::uint64_t maxBytes = 0;  ///< Of all sessions together, with what lies beside them; 0: no limit.
  std::optional<std::chrono::seconds> maxAge = std::nullopt;  ///< Since a session's end.
  [[nodiscard]] bool areNone() const { return maxBytes == 0 && !maxAge; }
};

/// A session that has to go.
struct OverdueFile {
  std::filesystem::path file;
  std::string why;  ///< "ended 3 h ago, --max-age"
};

/// What a look at the folder has found.
struct QuotaLook {
  std::vector<OverdueFile>
      overdue;  ///< In the order in which they go: the one that ended first is the first.
  std::optional<std::chrono::milliseconds> nextIn;  ///< Until the next one is too old.
};

/// Which sessions of a folder are beyond its limits: only whole, finished ones that no collector writes, as
/// regular files. Others count, and stay. Errors: as store::Catalogue::open().
[[nodiscard]] Result<QuotaLook> lookForOverdue(const std::filesystem::path& folder,
                                               const StorageLimits& limits,
                                               std::chrono::system_clock::time_point now);

/// Removes a session's file, with what SQLite may have left beside it; not one that a collector writes now.
/// Errors: Unavailable: it is being written; NotWritable.
[[nodiscard]] Result<void> removeSession(const std::filesystem::path& file);

}  // namespace heaptap::service
