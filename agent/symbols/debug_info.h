// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "agent/symbols/compile_unit.h"
#include "agent/symbols/function_names.h"
#include "agent/symbols/interval_index.h"
#include "agent/symbols/resolver.h"
#include "agent/symbols/split_units.h"

namespace heaptap::symbols {

/// The DWARF of one module.
///
/// Finds the unit of an address by the units' own ranges: .debug_aranges, which libdw would use, is not
/// written by clang.
class DebugInfo {
 public:
  /// Owns: nothing; `dwarf` must outlive this.
  DebugInfo(Dwarf* dwarf, SplitPlaces splits, const AllocatorFunctions& allocators);
  DebugInfo(const DebugInfo&) = delete;  // m_names refers to m_effort.
  DebugInfo& operator=(const DebugInfo&) = delete;

  /// Lines for an address in the DWARF's own address space, as Resolver::resolve() describes them; the last
  /// one may be without a function. `symbol`: see FunctionNames::of().
  [[nodiscard]] std::vector<SourceLine> resolve(std::uint64_t address, std::string_view symbol);

  [[nodiscard]] SplitUnits& splits() { return m_splits; }
  /// Returns true when it has no unit that can be read.
  [[nodiscard]] bool isEmpty() const { return m_units.empty(); }

 private:
  Effort m_effort;
  SplitUnits m_splits;  ///< Before what has DIEs of them.
  FunctionNames m_names;
  std::vector<CompileUnit> m_units;
  IntervalIndex<std::size_t> m_index;       // Positions in m_units.
  std::vector<std::size_t> m_withoutRange;  // Units that do not say where their code is.
};

}  // namespace heaptap::symbols
