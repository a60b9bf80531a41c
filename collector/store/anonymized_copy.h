// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace heaptap::store {

/// What of a name or path says nothing of the program and stays: each returns what is to stand in place of a
/// name; `substitute` is what would, for a name of the program's own. Different substitutes must stay
/// different.
struct PublicParts {
  using Keep = std::function<std::string(std::string_view name, const std::string& substitute)>;
  Keep function;
  Keep module;
  Keep file;
  /// By its path: of the system, so that no name of a function in it is the program's.
  std::function<bool(std::string_view module)> isOfTheSystem;
};

/// Writes a copy of a session file in which every name, path and argument is another one: the same for the
/// same, so that sites, modules and functions stay apart as they were. The allocator's own functions keep
/// their names, `main` and `_start` as well, and what `parts` keeps; the extensions of files stay. What is
/// left out: build ids. Numbers, times, addresses and ids stay as they are. The copy says that it is one.
/// Errors: those of opening `session`; AlreadyExists, NotWritable, StorageFull: of `copy`, of which nothing
///         is then left.
[[nodiscard]] Result<void> writeAnonymizedCopy(const std::filesystem::path& session,
                                               const std::filesystem::path& copy, bool force,
                                               const PublicParts& parts);

}  // namespace heaptap::store
