// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"

namespace heaptap::importing {

struct Imported {
  std::string format;   ///< "heaptrack", "pprof" or "massif".
  std::string lacking;  ///< What the file does not tell, for people.
};

/// Makes a session of a file of another profiler (heaptrack, pprof, massif, gperftools, jemalloc), told apart
/// by their content. Blocks. Errors: NotFound, NotPermitted, NotASession: no such file; Corrupt; those of
/// writing a session.
[[nodiscard]] Result<Imported> importFile(const std::filesystem::path& file,
                                          const std::filesystem::path& session, bool force);

}  // namespace heaptap::importing
