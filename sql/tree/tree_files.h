// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "client/tree/session_tree.h"

namespace heaptap::sql {

/// The files of a tree of processes, each by the place of its session in the tree.
struct TreeFiles {
  client::SessionTree tree;
  std::vector<std::filesystem::path> files;  ///< One for each member; empty: there is none here.
};

}  // namespace heaptap::sql
