// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "cli/search_options.h"

namespace heaptap::cli {

struct SymbolizeOptions {
  std::filesystem::path session;
  std::filesystem::path output;  ///< Empty: into the session itself.
  bool force = false;
  bool quiet = false;
  SearchOptions search;
};

/// `heaptap symbolize`: gives a stored session the names that it lacks. Returns: the exit status.
[[nodiscard]] int symbolizeCommand(SymbolizeOptions options);

}  // namespace heaptap::cli
