// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elfutils/libdwfl.h>

#include <cstdint>
#include <optional>

#include "agent/symbols/function_bounds.h"
#include "agent/symbols/interval_index.h"

namespace heaptap::symbols {

/// The function symbols of one module: .symtab of the binary or of its debug file, the compressed
/// .gnu_debugdata, else .dynsym.
class SymbolTable {
 public:
  /// Owns: nothing; `module` must outlive this.
  explicit SymbolTable(Dwfl_Module* module);

  /// The raw name of the symbol whose code contains `address` (in the module's address space); null when
  /// there is none. Of several names for one place the most public one.
  ///
  /// No name by nearness: where the module's unwind information knows the function around `address`, a symbol
  /// counts only if it lies within, whatever its size says. A symbol without a size (hand-written assembly)
  /// reaches to the next symbol or the end of its section at most; without unwind information only where no
  /// symbols were stripped.
  [[nodiscard]] const char* find(std::uint64_t address);

 private:
  struct Named {
    std::uint64_t begin;
    const char* name;
  };

  const FunctionBounds& bounds();

  Dwfl_Module* m_module;
  bool m_isComplete = false;  ///< Local functions have symbols, too.
  IntervalIndex<Named> m_sized;
  IntervalIndex<Named> m_sizeless;
  std::optional<FunctionBounds> m_bounds;
};

}  // namespace heaptap::symbols
