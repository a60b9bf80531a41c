// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace heaptap::symbols {

class DebugServers;

/// Where debug information is looked for beside the binary itself, in this order.
struct SearchPlaces {
  std::vector<std::string> debugFolders = {};  ///< As /usr/lib/debug is, which comes after them.
  std::string sysroot = {};  ///< A folder that has the files of the target below it; empty: none.
  std::shared_ptr<DebugServers> servers = nullptr;  ///< Asked last. Null: no other machine is asked.

  /// All folders that are as /usr/lib/debug is.
  [[nodiscard]] std::vector<std::string> allDebugFolders() const {
    std::vector<std::string> folders = debugFolders;
    if (!sysroot.empty()) folders.push_back(sysroot + "/usr/lib/debug");
    folders.emplace_back("/usr/lib/debug");
    return folders;
  }
};

}  // namespace heaptap::symbols
