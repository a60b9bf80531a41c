// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/symbols/die.h"
#include "agent/symbols/function_names.h"
#include "agent/symbols/interval_index.h"
#include "agent/symbols/resolver.h"
#include "agent/symbols/split_units.h"

namespace heaptap::symbols {

/// The functions and lines of one compilation unit, read step by step: its functions when the unit is first
/// asked for, a function's inlined calls when that function is.
class CompileUnit {
 public:
  /// `unit`: the unit's DIE in the main file (with split DWARF, the skeleton). `splits` outlives this.
  CompileUnit(Dwarf_Die unit, SplitUnits& splits) : m_unit(unit), m_splits(&splits) {}

  /// Appends the lines for `address`, innermost first. Returns false, and appends nothing, when no function
  /// of this unit covers it.
  bool appendFunctions(std::uint64_t address, std::string_view symbol, FunctionNames& names, Effort& effort,
                       std::vector<SourceLine>& lines);

  /// File and line of the instruction itself, without a function; nothing when the line table has none.
  std::optional<SourceLine> lineOf(std::uint64_t address);

 private:
  struct InlinedCall {
    Dwarf_Die function;
    std::size_t parent;  ///< Index of the call around it; kNoParent: the function itself.
    std::vector<AddressRange> ranges;
  };
  struct Function {
    Dwarf_Die die;
    bool expanded = false;
    std::vector<InlinedCall> calls;  ///< Preorder.
  };
  enum class Depth { Scopes, Everything };

  void collectFunctions(Dwarf_Die& parent, Depth depth, unsigned nesting, Effort& effort);
  void collectCalls(Dwarf_Die& parent, std::size_t parentCall, unsigned nesting, Effort& effort,
                    std::vector<InlinedCall>& calls);
  Function* functionAt(std::uint64_t address, Effort& effort);
  Dwarf_Die codeDie();
  bool isRust();
  const char* file(std::uint64_t number);
  std::string absolute(const char* path);

  static constexpr std::size_t kNoParent = static_cast<std::size_t>(-1);

  Dwarf_Die m_unit;
  SplitUnits* m_splits;
  std::optional<Dwarf_Die> m_code;  ///< See codeDie().
  bool m_collected = false;
  bool m_collectedEverything = false;
  std::vector<Function> m_functions;
  IntervalIndex<std::size_t> m_index;  // Positions in m_functions.
  std::optional<bool> m_isRust;
  bool m_filesRead = false;
  Dwarf_Files* m_files = nullptr;
  std::size_t m_fileCount = 0;
};

}  // namespace heaptap::symbols
