// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"

namespace heaptap::programs {

/// Where the names of a binary's code are to be had: its functions, and their files and lines.
struct NameSources {
  std::string buildId;                   ///< Hexadecimal; empty: it has none.
  bool hasSymbols = false;               ///< Of all functions.
  bool hasExports = false;               ///< Of those that other binaries may call.
  bool hasDebugInfo = false;             ///< Lines and inlined functions, in the file itself …
  std::filesystem::path debugFile = {};  ///< … or in this one; empty: none was found.
  bool hasUnwindInfo = false;            ///< By which stacks are followed through its code.
};

/// Reads the headers of an ELF file, and looks for its debug file where the distributions have it: below
/// `debugRoot` by build id, and by the name that it has in the file.
/// Errors: NotFound, NotPermitted; Corrupt: no ELF file.
[[nodiscard]] Result<NameSources> readNameSources(const std::filesystem::path& file,
                                                  const std::filesystem::path& debugRoot = "/usr/lib/debug");

}  // namespace heaptap::programs
