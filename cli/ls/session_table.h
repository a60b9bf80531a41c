// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "heaptap/v1/query.pb.h"

namespace heaptap::cli {

/// A line of `heaptap ls`.
struct SessionRow {
  std::string name;  ///< The file as the user would type it, or the id at a collector.
  v1::SessionInfo info;
  std::optional<std::uint64_t> bytes;  ///< Of the file, its journal included.
};

/// The table with its heading, newest first; empty for no rows.
[[nodiscard]] std::string sessionTable(std::vector<SessionRow> rows);

}  // namespace heaptap::cli
