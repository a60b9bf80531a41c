// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/debug_info.h"

#include <utility>

namespace heaptap::symbols {

DebugInfo::DebugInfo(Dwarf* dwarf, SplitPlaces splits, const AllocatorFunctions& allocators)
    : m_splits(dwarf, std::move(splits)), m_names(m_effort, allocators) {
  Dwarf_CU* unit = nullptr;
  Dwarf_Die die{};
  std::uint8_t type = 0;
  while (m_effort.spend(Effort::kKeep) &&
         dwarf_get_units(dwarf, unit, &unit, nullptr, &type, &die, nullptr) == 0) {
    if ((type != DW_UT_compile && type != DW_UT_skeleton) || dwarf_tag(&die) == DW_TAG_partial_unit) continue;
    const auto ranges = codeRanges(die, m_effort);
    for (const AddressRange& range : ranges) m_index.add(range, m_units.size());
    if (ranges.empty()) m_withoutRange.push_back(m_units.size());
    m_units.emplace_back(die, m_splits);
  }
  m_index.seal();
}

std::vector<SourceLine> DebugInfo::resolve(std::uint64_t address, std::string_view symbol) {
  std::vector<SourceLine> lines;
  const auto tryUnit = [&](std::size_t position) {
    return m_units[position].appendFunctions(address, symbol, m_names, m_effort, lines);
  };
  if (m_index.find(address, tryUnit)) return lines;
  for (const std::size_t position : m_withoutRange) {
    if (tryUnit(position)) return lines;
  }
  // Code without a function DIE, such as assembly, may still have lines.
  m_index.find(address, [&](std::size_t position) {
    auto place = m_units[position].lineOf(address);
    if (place) lines.push_back(std::move(*place));
    return place.has_value();
  });
  return lines;
}

}  // namespace heaptap::symbols
