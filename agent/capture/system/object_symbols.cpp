// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/system/object_symbols.h"

#include <cstring>

namespace heaptap::capture {

LoadedImage imageAt(std::uint64_t header) {
  const auto& elf = *reinterpret_cast<const Elf64_Ehdr*>(header);
  if (std::memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 || elf.e_phentsize != sizeof(Elf64_Phdr)) return {};
  const auto* const segments = reinterpret_cast<const Elf64_Phdr*>(header + elf.e_phoff);
  LoadedImage image;
  std::uint64_t dynamic = 0;
  std::uint64_t end = 0;
  bool isFirst = true;
  for (unsigned i = 0; i < elf.e_phnum; ++i) {
    const Elf64_Phdr& segment = segments[i];
    if (segment.p_type == PT_DYNAMIC) dynamic = segment.p_vaddr;
    if (segment.p_type != PT_LOAD) continue;
    if (isFirst) image.bias = header - (segment.p_vaddr & ~std::uint64_t{4095});
    isFirst = false;
    if (segment.p_vaddr + segment.p_memsz > end) end = segment.p_vaddr + segment.p_memsz;
  }
  if (isFirst || dynamic == 0) return {};
  image.start = header;
  image.end = image.bias + end;
  image.dynamic = reinterpret_cast<const Elf64_Dyn*>(image.bias + dynamic);
  return image;
}

ObjectSymbols::ObjectSymbols(std::uint64_t bias, const Elf64_Dyn* entry) : m_bias(bias) {
  for (; entry != nullptr && entry->d_tag != DT_NULL; ++entry) {
    // The loader has relocated these pointers, except in objects that it cannot write to (the vDSO).
    const std::uint64_t at = entry->d_un.d_ptr < bias ? entry->d_un.d_ptr + bias : entry->d_un.d_ptr;
    switch (entry->d_tag) {
      case DT_SYMTAB: m_symbols = reinterpret_cast<const Elf64_Sym*>(at); break;
      case DT_STRTAB: m_strings = reinterpret_cast<const char*>(at); break;
      case DT_VERSYM: m_versions = reinterpret_cast<const std::uint16_t*>(at); break;
      case DT_GNU_HASH: m_gnuHash = reinterpret_cast<const std::uint32_t*>(at); break;
      case DT_HASH: m_hash = reinterpret_cast<const std::uint32_t*>(at); break;
      case DT_SONAME: m_soname = entry->d_un.d_val; break;
      default: break;
    }
  }
}

const char* ObjectSymbols::soname() const { return m_strings == nullptr ? "" : m_strings + m_soname; }

bool ObjectSymbols::isDefinition(std::uint32_t index, const char* name) const {
  constexpr std::uint16_t kHiddenVersion = 0x8000;  // Only for binaries linked against that old version.
  const Elf64_Sym& symbol = m_symbols[index];
  if (symbol.st_shndx == SHN_UNDEF || std::strcmp(m_strings + symbol.st_name, name) != 0) return false;
  return m_versions == nullptr || (m_versions[index] & kHiddenVersion) == 0;
}

const Elf64_Sym* ObjectSymbols::findByGnuHash(const char* name) const {
  std::uint32_t hash = 5381;
  for (const char* c = name; *c != 0; ++c) hash = hash * 33 + static_cast<unsigned char>(*c);
  const std::uint32_t bucketCount = m_gnuHash[0];
  const std::uint32_t firstSymbol = m_gnuHash[1];
  const std::uint32_t bloomWords = m_gnuHash[2];
  const std::uint32_t* buckets = m_gnuHash + 4 + bloomWords * 2;
  const std::uint32_t* chains = buckets + bucketCount;
  if (bucketCount == 0) return nullptr;
  std::uint32_t index = buckets[hash % bucketCount];
  if (index < firstSymbol) return nullptr;
  for (;; ++index) {
    const std::uint32_t chained = chains[index - firstSymbol];
    if ((chained | 1) == (hash | 1) && isDefinition(index, name)) return &m_symbols[index];
    if ((chained & 1) != 0) return nullptr;
  }
}

const Elf64_Sym* ObjectSymbols::findByHash(const char* name) const {
  std::uint32_t hash = 0;
  for (const char* c = name; *c != 0; ++c) {
    hash = (hash << 4) + static_cast<unsigned char>(*c);
    const std::uint32_t high = hash & 0xF000'0000;
    hash = (hash ^ high >> 24) & ~high;
  }
  const std::uint32_t bucketCount = m_hash[0];
  if (bucketCount == 0) return nullptr;
  const std::uint32_t* buckets = m_hash + 2;
  const std::uint32_t* chains = buckets + bucketCount;
  for (std::uint32_t index = buckets[hash % bucketCount]; index != 0; index = chains[index]) {
    if (isDefinition(index, name)) return &m_symbols[index];
  }
  return nullptr;
}

const Elf64_Sym* ObjectSymbols::find(const char* name) const {
  if (m_symbols == nullptr || m_strings == nullptr) return nullptr;
  if (m_gnuHash != nullptr) return findByGnuHash(name);
  return m_hash != nullptr ? findByHash(name) : nullptr;
}

void* ObjectSymbols::addressOf(const char* name) const {
  const Elf64_Sym* const symbol = find(name);
  if (symbol == nullptr) return nullptr;
  void* const found = reinterpret_cast<void*>(m_bias + symbol->st_value);
  if (ELF64_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC) return reinterpret_cast<void* (*)()>(found)();
  return found;
}

}  // namespace heaptap::capture
