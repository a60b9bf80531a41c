// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/elf_image.h"

#include <cstring>

namespace heaptap::symbols {

ElfImage::ElfImage() : m_bytes(sizeof(Elf64_Ehdr), '\0'), m_names(1, '\0'), m_headers(1) {}

std::uint32_t ElfImage::nameOf(const std::string& section) {
  const auto at = static_cast<std::uint32_t>(m_names.size());
  m_names.append(section).push_back('\0');
  return at;
}

void ElfImage::add(const std::string& name, const std::string& bytes) {
  // Aligned, so that libelf can read all of it in its place.
  m_bytes.resize((m_bytes.size() + 15) / 16 * 16);
  Elf64_Shdr header{};
  header.sh_name = nameOf(name);
  header.sh_type = SHT_PROGBITS;
  header.sh_offset = m_bytes.size();
  header.sh_size = bytes.size();
  header.sh_addralign = 1;
  m_headers.push_back(header);
  m_bytes += bytes;
}

std::string ElfImage::finish() {
  Elf64_Shdr names{};
  names.sh_name = nameOf(".shstrtab");
  names.sh_type = SHT_STRTAB;
  names.sh_offset = m_bytes.size();
  names.sh_size = m_names.size();
  names.sh_addralign = 1;
  m_headers.push_back(names);
  m_bytes += m_names;
  m_bytes.resize((m_bytes.size() + 15) / 16 * 16);

  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shoff = m_bytes.size();
  header.e_shnum = static_cast<Elf64_Half>(m_headers.size());
  header.e_shstrndx = static_cast<Elf64_Half>(m_headers.size() - 1);
  for (const Elf64_Shdr& section : m_headers) appendRaw(m_bytes, section);
  std::memcpy(m_bytes.data(), &header, sizeof header);
  return std::move(m_bytes);
}

}  // namespace heaptap::symbols
