// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heaptap::relay {

/// One line of /proc/PID/maps (proc(5)).
struct MappingLine {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::uint64_t offset = 0;
  std::uint64_t device = 0;  ///< As st_dev has it, except on filesystems of several devices.
  std::uint64_t inode = 0;   ///< 0: no file.
  std::string path;          ///< In the target's root; " (deleted)" behind it when it is gone.

  /// None when it is no such line.
  static std::optional<MappingLine> parse(std::string_view line);
};

/// The mapping in `maps`, the text of such a file, that covers `address`.
std::optional<MappingLine> mappingAt(std::string_view maps, std::uint64_t address);

}  // namespace heaptap::relay
