// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elfutils/libdw.h>
#include <libelf.h>

#include <memory>

namespace heaptap::symbols {

struct EndElf {
  void operator()(Elf* elf) const { elf_end(elf); }
};
struct EndDwarf {
  void operator()(Dwarf* dwarf) const { dwarf_end(dwarf); }
};
using ElfPointer = std::unique_ptr<Elf, EndElf>;
using DwarfPointer = std::unique_ptr<Dwarf, EndDwarf>;

/// Null when it is no ELF file. The descriptor must stay open as long.
[[nodiscard]] inline ElfPointer openElf(int descriptor) {
  elf_version(EV_CURRENT);
  ElfPointer elf(elf_begin(descriptor, ELF_C_READ, nullptr));
  return elf != nullptr && elf_kind(elf.get()) == ELF_K_ELF ? std::move(elf) : nullptr;
}

}  // namespace heaptap::symbols
