// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "agent/symbols/interval_index.h"

/// Small, total questions to ask of a debugging information entry (DIE). libdw answers malformed input with
/// an error; what is added here are bounds on how much of it gets walked.
namespace heaptap::symbols {

/// How much more of one module's debug information may be read: hostile input can refer to the same long
/// list again and again. A real program needs a fraction. In steps, of which a second has some 20 million.
class Effort {
 public:
  static constexpr std::uint64_t kLook = 1;
  static constexpr std::uint64_t kKeep = 32;  ///< For what stays in memory, some 32 bytes a piece.

  /// False when there is nothing left.
  bool spend(std::uint64_t steps) {
    m_left = m_left > steps ? m_left - steps : 0;
    return m_left != 0;
  }

 private:
  std::uint64_t m_left = 500'000'000;
};

inline constexpr unsigned kMaxNesting = 256;  ///< Of DIEs within each other, and of references between them.

/// Calls `visit(Dwarf_Die&)` for each child in order, until it returns false.
template <class Visit>
void forEachChild(Dwarf_Die& parent, Effort& effort, Visit&& visit) {
  Dwarf_Die child;
  if (dwarf_child(&parent, &child) != 0) return;
  while (effort.spend(Effort::kLook) && visit(child)) {
    const void* const before = child.addr;
    if (dwarf_siblingof(&child, &child) != 0 || child.addr <= before) return;
  }
}

/// The address ranges of the code that belongs to a DIE.
[[nodiscard]] inline std::vector<AddressRange> codeRanges(Dwarf_Die& die, Effort& effort) {
  std::vector<AddressRange> ranges;
  Dwarf_Addr base = 0;
  AddressRange range;
  ptrdiff_t offset = 0;
  while (effort.spend(Effort::kLook) &&
         (offset = dwarf_ranges(&die, offset, &base, &range.begin, &range.end)) > 0) {
    if (range.begin < range.end && effort.spend(Effort::kKeep)) ranges.push_back(range);
  }
  return ranges;
}

/// A string attribute of this very DIE; null when it has none.
[[nodiscard]] inline const char* ownString(Dwarf_Die& die, unsigned attribute) {
  Dwarf_Attribute memory;
  return dwarf_formstring(dwarf_attr(&die, attribute, &memory));
}

[[nodiscard]] inline std::optional<std::uint64_t> ownNumber(Dwarf_Die& die, unsigned attribute) {
  Dwarf_Attribute memory;
  Dwarf_Word value = 0;
  if (dwarf_formudata(dwarf_attr(&die, attribute, &memory), &value) != 0) return std::nullopt;
  return value;
}

/// What this DIE is an instance or a definition of.
[[nodiscard]] inline std::optional<Dwarf_Die> originOf(Dwarf_Die& die) {
  Dwarf_Attribute memory;
  Dwarf_Die origin;
  for (const unsigned attribute : {DW_AT_abstract_origin, DW_AT_specification}) {
    Dwarf_Attribute* const found = dwarf_attr(&die, attribute, &memory);
    if (found != nullptr && dwarf_formref_die(found, &origin) != nullptr) return origin;
  }
  return std::nullopt;
}

}  // namespace heaptap::symbols
