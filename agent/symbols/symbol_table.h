// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elfutils/libdwfl.h>

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
  /// A symbol without a size (hand-written assembly) reaches to the next symbol or the end of its section.
  [[nodiscard]] const char* find(std::uint64_t address) const;

 private:
  IntervalIndex<const char*> m_sized;
  IntervalIndex<const char*> m_sizeless;
};

}  // namespace heaptap::symbols
