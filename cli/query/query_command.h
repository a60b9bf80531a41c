// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace heaptap::cli {

struct QueryOptions {
  std::string session;     ///< A path, or with `collector` an id or its prefix.
  std::string statements;  ///< Empty or `-`: from standard input.
  std::optional<std::string> collector;
  std::string format = "table";
  double timeoutSeconds = 60;
  std::uint64_t memoryBytes = std::uint64_t{1} << 30;
  bool listsTables = false;
  bool tree = false;  ///< All that came of the session, too.
  bool noPager = false;
};

/// `heaptap query`: returns the exit status.
[[nodiscard]] int queryCommand(const QueryOptions& options);

}  // namespace heaptap::cli
