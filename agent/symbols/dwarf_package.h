// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/symbols/interval_index.h"
#include "base/unique_fd.h"

namespace heaptap::symbols {

/// A .dwp file: the .dwo files of a program (split DWARF), packed into one, with an index by their ids
/// (DWARF 5, 7.3.5; of DWARF 4 the GNU extension "DebugFissionDWP"). libdw reads .dwo files, but no packages.
/// Not trusted: what does not lie within the file, or is beyond the limits, is not there.
class DwarfPackage {
 public:
  /// Null when there is no such file, or it is no package.
  static std::unique_ptr<DwarfPackage> open(const std::string& path);

  /// One unit, as the .dwo file that it came from; without what no name is in. Nothing: it has none of this
  /// id, or a damaged one.
  [[nodiscard]] std::optional<std::string> unit(std::uint64_t id);
  [[nodiscard]] bool has(std::uint64_t id) const { return m_rows.contains(id); }

 private:
  DwarfPackage() = default;
  bool read(const std::string& path);
  bool readIndex(const std::string& index);
  std::string sectionBytes(const std::string& name) const;
  std::optional<std::string> contribution(std::uint32_t row, std::size_t column,
                                          const std::string& section) const;
  std::optional<std::string> textAt(std::uint32_t offset);
  bool replaceTexts(std::string& offsets, std::string& texts);

  UniqueFd m_file;
  std::map<std::string, AddressRange> m_sections;  ///< Offsets in the file.
  std::uint16_t m_version = 0;
  std::string m_index;                                      ///< Of which the rest are positions:
  std::vector<std::uint32_t> m_columns;                     ///< What each column is of (DW_SECT_*).
  std::unordered_map<std::uint64_t, std::uint32_t> m_rows;  ///< By unit id, from 0.
  std::size_t m_offsets = 0;
  std::size_t m_sizes = 0;
  std::optional<std::string> m_texts;  ///< All of .debug_str.dwo, where that is small.
  std::uint64_t m_given = 0;           ///< Bytes of all units that were asked for.
};

}  // namespace heaptap::symbols
