// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libelf.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/symbols/elf_sections.h"
#include "agent/symbols/function_bounds.h"
#include "agent/symbols/machine_code.h"
#include "agent/symbols/resolver.h"
#include "agent/symbols/symbol_table.h"

namespace heaptap::symbols {

/// Which code of a binary that called malloc or free is an operator new or delete of the binary's own:
/// hidden, so that the program's other parts, and heaptap, have another one.
///
/// Read from the machine code, as such an operator mostly ends in a jump and so is in no stack; where names
/// were stripped, by its shape: it does nothing but jump to free, or asks a function by pointer for memory
/// that malloc does not have; and only in a binary of C++ code that takes its operators from nowhere else.
/// Owns: nothing of `elf` and `symbols`, which outlive this. Threads: none.
class OperatorCalls {
 public:
  /// `bias`: added to all addresses of the file.
  OperatorCalls(Elf* elf, std::uint64_t bias, SymbolTable& symbols);

  /// What the call that returns to `address` has led to.
  [[nodiscard]] CalledAllocator calledBefore(std::uint64_t address);
  /// The same of a call to the function that is exported as `name`; nothing when there is none.
  [[nodiscard]] std::optional<CalledAllocator> calledByName(const std::string& name);
  /// Whether there are such operators.
  [[nodiscard]] bool any();

 private:
  static constexpr unsigned kMaxJumps = 6;
  enum class Side : std::uint8_t { New, Delete };

  void readDynamicSymbols(const ElfSection& section, std::uint64_t bias);
  void readRelocations(const ElfSection& section, std::uint64_t bias);
  [[nodiscard]] bool mayOwn(Side side) const { return m_isCpp && !m_imports[static_cast<int>(side)]; }
  [[nodiscard]] bool mayOwnFor(const std::string& allocatorFunction) const;

  CalledAllocator functionAt(std::uint64_t begin, unsigned jumps);
  CalledAllocator through(const MachineCode::Jump& jump, unsigned jumps);
  CalledAllocator throughBodyOf(const AddressRange& function, unsigned jumps);
  bool isOperatorAround(std::uint64_t address, const CalledAllocator& called) const;

  const MachineCode m_code;
  const FunctionBounds m_bounds;
  SymbolTable& m_symbols;
  std::map<std::uint64_t, std::string> m_slots;    ///< Whose addresses the loader fills in there.
  std::map<std::string, std::uint64_t> m_exports;  ///< Functions.
  bool m_isCpp = false;
  bool m_imports[2] = {};  ///< By side: it calls the operators that the program has.
  std::set<std::uint64_t> m_visited;
  std::size_t m_mayRead = std::size_t{64} << 20;  ///< Bytes of code, of files made for it.
  std::optional<bool> m_any;
};

}  // namespace heaptap::symbols
