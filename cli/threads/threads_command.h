// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/block_filters.h"
#include "cli/terminal/terminal_options.h"
#include "cli/time_options.h"

namespace heaptap::cli {

struct ThreadsOptions {
  std::string session;
  std::optional<std::string> collector;
  TimeOptions times;  ///< Only `from` and `to`.
  FilterOptions filters;
  BlockFilterOptions blockFilters;  ///< Only the thread.
  std::string heap;                 ///< Empty: malloc's.
  bool byBlocks = false;            ///< The cells of the matrix count blocks, not bytes.
  std::uint64_t top = 5;            ///< Call sites that are shown.
  bool json = false;
  bool csv = false;
  bool fullNames = false;
  Display display;
};

/// `heaptap threads`: prints on standard output, and returns the exit status.
[[nodiscard]] int threadsCommand(const ThreadsOptions& options);

}  // namespace heaptap::cli
