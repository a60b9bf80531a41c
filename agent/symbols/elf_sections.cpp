// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/elf_sections.h"

namespace heaptap::symbols {

ElfSection::ElfSection(Elf* elf, Elf_Scn* section)
    : m_elf(elf),
      m_section(section),
      m_isReadable(section != nullptr && gelf_getshdr(section, &m_header) != nullptr) {
  if (!m_isReadable) m_header = {};
}

std::string_view ElfSection::name() const {
  std::size_t names = 0;
  if (!m_isReadable || elf_getshdrstrndx(m_elf, &names) != 0) return {};
  const char* const name = elf_strptr(m_elf, names, m_header.sh_name);
  return name == nullptr ? std::string_view{} : name;
}

std::string_view ElfSection::bytes() const {
  if (!m_isReadable || m_header.sh_type == SHT_NOBITS) return {};
  const Elf_Data* const data = elf_rawdata(m_section, nullptr);
  if (data == nullptr || data->d_buf == nullptr) return {};
  return {static_cast<const char*>(data->d_buf), data->d_size};
}

std::optional<AddressRange> ElfSection::addresses(std::uint64_t bias) const {
  const std::uint64_t begin = m_header.sh_addr + bias;
  const std::uint64_t end = begin + bytes().size();
  if (end <= begin) return std::nullopt;
  return AddressRange{begin, end};
}

Elf_Data* ElfSection::entries() const {
  return m_isReadable && m_header.sh_entsize != 0 ? elf_getdata(m_section, nullptr) : nullptr;
}

ElfSection ElfSection::linked() const {
  return {m_elf, m_isReadable ? elf_getscn(m_elf, m_header.sh_link) : nullptr};
}

std::string_view textAt(std::string_view strings, std::uint64_t offset) {
  if (offset >= strings.size()) return {};
  const auto end = strings.find('\0', offset);
  return end == std::string_view::npos ? std::string_view{} : strings.substr(offset, end - offset);
}

}  // namespace heaptap::symbols
