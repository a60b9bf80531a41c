// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "agent/symbols/search_places.h"
#include "base/unique_fd.h"

namespace heaptap::cli {

/// Where the names of a module of a stored session can come from.
struct ModuleFile {
  std::string path;     ///< Of the binary, or of its debug file alone; empty: nowhere.
  UniqueFd fromServer;  ///< Where the path is that of this descriptor.
  std::string other;    ///< What is in its place, and is of another build; empty: nothing is.
};

/// As what a binary or its debug file is looked for below each debug folder, in this order.
[[nodiscard]] std::vector<std::string> namesInDebugFolders(const std::string& path,
                                                           const std::string& buildId);

/// Looks for the binary with this build id: by its path below the sysroot and here, below the debug folders,
/// and at the servers. `buildId`: raw bytes, not empty.
[[nodiscard]] ModuleFile findModuleFile(const std::string& path, const std::string& buildId,
                                        const symbols::SearchPlaces& places);

}  // namespace heaptap::cli
