// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agent/symbols/elf_image.h"
#include "agent/symbols/elf_pointer.h"

namespace heaptap::symbols {

/// Debug information in which nothing is. In place of a shared file (dwz) that was not found: else libdw
/// would open by itself whatever path the binary names, without a look at what it is.
class EmptyDwarf {
 public:
  EmptyDwarf() {
    ElfImage image;
    image.add(".debug_info", std::string(1, '\0'));
    m_image = image.finish();
    elf_version(EV_CURRENT);
    m_elf.reset(elf_memory(m_image.data(), m_image.size()));
    if (m_elf != nullptr) m_dwarf.reset(dwarf_begin_elf(m_elf.get(), DWARF_C_READ, nullptr));
  }
  EmptyDwarf(const EmptyDwarf&) = delete;
  EmptyDwarf& operator=(const EmptyDwarf&) = delete;

  [[nodiscard]] Dwarf* get() const { return m_dwarf.get(); }

 private:
  std::string m_image;
  ElfPointer m_elf;
  DwarfPointer m_dwarf;
};

}  // namespace heaptap::symbols
