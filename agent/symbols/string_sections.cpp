// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/string_sections.h"

#include <gelf.h>

#include <cstring>
#include <string_view>

namespace heaptap::symbols {
namespace {

/// A name from an ELF file's own string table; empty when that is damaged.
std::string_view sectionName(Elf* elf, std::size_t names, const GElf_Shdr& header) {
  const char* const name = elf_strptr(elf, names, header.sh_name);
  return name == nullptr ? std::string_view{} : name;
}

bool ownStringsAreTerminated(Dwarf* dwarf) {
  Elf* const elf = dwarf_getelf(dwarf);
  std::size_t names = 0;
  if (elf == nullptr || elf_getshdrstrndx(elf, &names) != 0) return false;
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section != nullptr;
       section = elf_nextscn(elf, section)) {
    GElf_Shdr memory;
    const GElf_Shdr* const header = gelf_getshdr(section, &memory);
    if (header == nullptr) return false;
    const std::string_view name = sectionName(elf, names, *header);
    // .debug_str, .debug_line_str, their .dwo forms, and .zdebug_str, which libdw has decompressed by now.
    if (header->sh_type == SHT_NOBITS || name.find("debug_") == std::string_view::npos ||
        (!name.ends_with("_str") && !name.ends_with("_str.dwo"))) {
      continue;
    }
    const Elf_Data* const data = elf_rawdata(section, nullptr);
    if (data == nullptr || data->d_size == 0) continue;
    if (data->d_buf == nullptr || static_cast<const char*>(data->d_buf)[data->d_size - 1] != '\0')
      return false;
  }
  return true;
}

}  // namespace

bool stringsAreTerminated(Dwarf* dwarf) {
  Dwarf* const alternative = dwarf_getalt(dwarf);
  return ownStringsAreTerminated(dwarf) && (alternative == nullptr || ownStringsAreTerminated(alternative));
}

}  // namespace heaptap::symbols
