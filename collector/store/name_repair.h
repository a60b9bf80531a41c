// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "collector/model/definitions.h"

namespace heaptap::store {

/// Names that were found after a session was recorded.
struct NameRepair {
  struct Line {
    std::string function;  ///< Empty: unknown; so is the file.
    std::string file;
    std::uint32_t line = 0;
    bool inlined = false;
    bool allocator = false;
  };
  struct Frame {
    std::uint32_t id = 0;
    std::vector<Line> lines;  ///< Innermost first. They replace all that the frame had.
  };
  std::vector<Frame> frames;
  std::vector<std::pair<std::uint32_t, model::NamesMissing>> modules;  ///< By index: what is missing now.

  [[nodiscard]] bool isEmpty() const { return frames.empty() && modules.empty(); }
};

/// Writes the names into a session file, in one transaction: at every moment the file has all of them, or
/// none. Errors: Unavailable, while the session is being recorded; NotWritable, NotPermitted, StorageFull:
/// nothing has
///         changed then.
[[nodiscard]] Result<void> repairNames(const std::filesystem::path& session, const NameRepair& repair);

/// The same into a copy, which appears under its name when it is complete.
/// Errors: likewise, of either; AlreadyExists, unless `force`.
[[nodiscard]] Result<void> writeRepairedCopy(const std::filesystem::path& session,
                                             const std::filesystem::path& copy, const NameRepair& repair,
                                             bool force);

}  // namespace heaptap::store
