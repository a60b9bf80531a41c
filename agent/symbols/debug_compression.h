// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libelf.h>

#include <cstdint>

#include "base/unique_fd.h"

namespace heaptap::symbols {

/// Debug information in sections that are compressed with zstd (ELFCOMPRESS_ZSTD, as `-gz=zstd` and
/// `objcopy --compress-debug-sections=zstd` make them), which libdw reads from 0.189 on only.
/// Returns true when the file has a section of that kind.
[[nodiscard]] bool hasZstdSections(Elf* elf);

/// Which sections are to be decompressed. libdw reads zlib's itself.
enum class Compressed { WithZstd, InAnyWay };

/// What a copy may take: a file may claim any size, and be made to grow a thousandfold.
struct CopyLimits {
  std::uint64_t bytes = std::uint64_t{1} << 30;
  std::uint64_t timesCompressed =
      1032;  ///< Of a section: what zlib can do at most, and more than zstd does to DWARF.
};

/// A copy of the file in memory, with what names are looked up in: its symbols, notes and debug information,
/// which is no longer compressed. What else is loaded has its header only, as in a separate debug file; so
/// has debug information that no name is in. Offsets and section numbers stay. `elf`: of the same file.
/// Returns: none when it is damaged, or beyond the limits.
[[nodiscard]] UniqueFd copyDecompressed(const UniqueFd& file, Elf* elf, Compressed which,
                                        const CopyLimits& limits = {});

}  // namespace heaptap::symbols
