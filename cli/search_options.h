// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "base/error.h"

namespace heaptap::cli {

/// Where names are looked for beside the binaries.
struct SearchOptions {
  std::vector<std::string> debugFolders = {};  ///< Absolute after checkSearch().
  std::string sysroot = {};                    ///< Likewise; empty: none.
  bool debuginfod = false;
};

/// `--debug-dir DIR`, `--sysroot DIR` and `--debuginfod`.
void addSearch(CLI::App& app, SearchOptions& search);

/// Makes folders absolute. Errors: Usage, where no server is known to ask.
[[nodiscard]] Result<void> checkSearch(SearchOptions& search);

/// The same for heaptap's relay.
void appendSearch(const SearchOptions& search, std::vector<std::string>& argv);

}  // namespace heaptap::cli
