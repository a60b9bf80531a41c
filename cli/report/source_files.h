// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "export/report/leak_groups_text.h"

namespace heaptap::cli {

/// Source files on this machine, for the lines that reports name. A path comes from the session, so that only
/// regular files of at most 4 MiB are read, and only lines of text shown.
/// Threads: one at a time.
class SourceFiles {
 public:
  /// None: there is no such file or line. The line has a doubt where the file is younger than the binary that
  /// was built from it, or the binary is not here.
  [[nodiscard]] std::optional<exporting::SourceLine> line(const client::StackLine& place);

 private:
  struct File {
    bool isThere = false;
    std::int64_t changedAtNs = 0;
    std::string text;
  };
  const File& fileAt(const std::string& path);

  std::map<std::string, File> m_files;  ///< By path: those looked at last.
};

}  // namespace heaptap::cli
