// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::client {

/// A session file in a folder.
struct FolderSession {
  std::filesystem::path file;
  Result<v1::SessionInfo> info;  ///< Errors: as FileSource::addFile().
  bool hasMore = false;          ///< Something of a writer's lies beside it.
};

/// Whether what was learnt of a folder may stay in it, so that it is faster the next time.
enum class FolderCatalogue : std::uint8_t { Kept, LeftAsItIs };

/// All of them, by name, with what the folder's catalogue knows. Errors: NotFound, NotPermitted.
[[nodiscard]] Result<std::vector<FolderSession>> sessionsIn(
    const std::filesystem::path& folder, FolderCatalogue catalogue = FolderCatalogue::Kept);

}  // namespace heaptap::client
