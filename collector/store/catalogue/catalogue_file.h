// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "catalogue/catalogue.pb.h"

namespace heaptap::store {

/// The file `.heaptap-catalogue` of a folder. A folder is input: the file is bounded, and as hostile as any
/// other that is in it.
struct CatalogueFile {
  catalogue::Catalogue contents;
  /// Who alone may have written it. An entry says no more than this user could have written into the session
  /// itself: so it counts for the user's own sessions, and where this process runs as the user, or root is
  /// it.
  uid_t owner = 0;

  /// None: there is none, or no whole one of this schema.
  static std::optional<CatalogueFile> read(const std::filesystem::path& folder);
  /// Replaces it as a whole: who reads it at that time has the one before, or this one. Where that cannot be,
  /// or another process is at it just now, nothing happens.
  static void write(const std::filesystem::path& folder, const catalogue::Catalogue& contents);
};

}  // namespace heaptap::store
