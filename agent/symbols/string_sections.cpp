// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/string_sections.h"

#include <cstddef>
#include <string_view>

#include "agent/symbols/elf_sections.h"

namespace heaptap::symbols {
namespace {

bool ownStringsAreTerminated(Dwarf* dwarf) {
  Elf* const elf = dwarf_getelf(dwarf);
  std::size_t names = 0;
  if (elf == nullptr || elf_getshdrstrndx(elf, &names) != 0) return false;
  for (const ElfSection section : ElfSections(elf)) {
    if (!section.isReadable()) return false;
    const std::string_view name = section.name();
    // .debug_str, .debug_line_str, their .dwo forms, and .zdebug_str, which libdw has decompressed by now.
    if (section.header().sh_type == SHT_NOBITS || name.find("debug_") == std::string_view::npos ||
        (!name.ends_with("_str") && !name.ends_with("_str.dwo"))) {
      continue;
    }
    if (const std::string_view bytes = section.bytes(); !bytes.empty() && bytes.back() != '\0') return false;
  }
  return true;
}

}  // namespace

bool stringsAreTerminated(Dwarf* dwarf) {
  Dwarf* const alternative = dwarf_getalt(dwarf);
  return ownStringsAreTerminated(dwarf) && (alternative == nullptr || ownStringsAreTerminated(alternative));
}

}  // namespace heaptap::symbols
