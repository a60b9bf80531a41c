// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/terminal/terminal_options.h"
#include "cli/time_options.h"
#include "client/profile_source.h"

namespace heaptap::cli {

struct BlocksOptions {
  std::string session;
  std::optional<std::string> collector;
  std::string at;       ///< As people write it; empty: the end. Likewise the next ones.
  std::string address;  ///< `0x7f00`, `0x7f00-0x8000`.
  std::string thread;   ///< A name or a thread id.
  std::string older;
  std::string younger;
  std::string lifetime;  ///< A range of ages.
  FilterOptions filters;
  model::BlockOrder order = model::BlockOrder::Address;
  std::uint64_t limit = 100;
  std::uint64_t skip = 0;
  bool history = false;  ///< Of the address: all blocks that it has had.
  bool tree = false;     ///< Of all that came of the session, too.
  bool json = false;
  bool fullNames = false;
  Display display;
};

/// `heaptap blocks`: prints on standard output, and returns the exit status.
[[nodiscard]] int blocksCommand(const BlocksOptions& options);

}  // namespace heaptap::cli
