// SPDX-License-Identifier: Apache-2.0
#include "agent/capture/dynamic_symbols.h"

#include <elf.h>
#include <link.h>

#include <cstdint>
#include <cstring>

namespace heaptap::capture {
namespace {

// What is needed of one object's dynamic section.
struct SymbolTables {
  const Elf64_Sym* symbols = nullptr;
  const char* strings = nullptr;
  const std::uint16_t* versions = nullptr;
  const std::uint32_t* gnuHash = nullptr;
  const std::uint32_t* hash = nullptr;
};

SymbolTables readDynamicSection(std::uint64_t bias, const Elf64_Dyn* entry) {
  SymbolTables tables;
  for (; entry->d_tag != DT_NULL; ++entry) {
    // The loader has relocated these pointers, except in objects that it cannot write to (the vDSO).
    const std::uint64_t at = entry->d_un.d_ptr < bias ? entry->d_un.d_ptr + bias : entry->d_un.d_ptr;
    switch (entry->d_tag) {
      case DT_SYMTAB: tables.symbols = reinterpret_cast<const Elf64_Sym*>(at); break;
      case DT_STRTAB: tables.strings = reinterpret_cast<const char*>(at); break;
      case DT_VERSYM: tables.versions = reinterpret_cast<const std::uint16_t*>(at); break;
      case DT_GNU_HASH: tables.gnuHash = reinterpret_cast<const std::uint32_t*>(at); break;
      case DT_HASH: tables.hash = reinterpret_cast<const std::uint32_t*>(at); break;
      default: break;
    }
  }
  return tables;
}

bool isDefinition(const SymbolTables& tables, std::uint32_t index, const char* name) {
  constexpr std::uint16_t kHiddenVersion = 0x8000;  // Only for binaries linked against that old version.
  const Elf64_Sym& symbol = tables.symbols[index];
  if (symbol.st_shndx == SHN_UNDEF || std::strcmp(tables.strings + symbol.st_name, name) != 0) return false;
  return tables.versions == nullptr || (tables.versions[index] & kHiddenVersion) == 0;
}

const Elf64_Sym* findByGnuHash(const SymbolTables& tables, const char* name) {
  std::uint32_t hash = 5381;
  for (const char* c = name; *c != 0; ++c) hash = hash * 33 + static_cast<unsigned char>(*c);
  const std::uint32_t bucketCount = tables.gnuHash[0];
  const std::uint32_t firstSymbol = tables.gnuHash[1];
  const std::uint32_t bloomWords = tables.gnuHash[2];
  const std::uint32_t* buckets = tables.gnuHash + 4 + bloomWords * 2;
  const std::uint32_t* chains = buckets + bucketCount;
  if (bucketCount == 0) return nullptr;
  std::uint32_t index = buckets[hash % bucketCount];
  if (index < firstSymbol) return nullptr;
  for (;; ++index) {
    const std::uint32_t chained = chains[index - firstSymbol];
    if ((chained | 1) == (hash | 1) && isDefinition(tables, index, name)) return &tables.symbols[index];
    if ((chained & 1) != 0) return nullptr;
  }
}

const Elf64_Sym* findByHash(const SymbolTables& tables, const char* name) {
  std::uint32_t hash = 0;
  for (const char* c = name; *c != 0; ++c) {
    hash = (hash << 4) + static_cast<unsigned char>(*c);
    const std::uint32_t high = hash & 0xF000'0000;
    hash = (hash ^ high >> 24) & ~high;
  }
  const std::uint32_t bucketCount = tables.hash[0];
  if (bucketCount == 0) return nullptr;
  const std::uint32_t* buckets = tables.hash + 2;
  const std::uint32_t* chains = buckets + bucketCount;
  for (std::uint32_t index = buckets[hash % bucketCount]; index != 0; index = chains[index]) {
    if (isDefinition(tables, index, name)) return &tables.symbols[index];
  }
  return nullptr;
}

struct Search {
  const char* name;
  std::uint64_t after;
  bool passed;
  void* found;
};

bool holds(const dl_phdr_info* info, std::uint64_t address) {
  for (unsigned i = 0; i < info->dlpi_phnum; ++i) {
    const Elf64_Phdr& segment = info->dlpi_phdr[i];
    const std::uint64_t start = info->dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_LOAD && address >= start && address < start + segment.p_memsz) return true;
  }
  return false;
}

int visit(dl_phdr_info* info, std::size_t, void* data) {
  auto& search = *static_cast<Search*>(data);
  if (!search.passed) {
    search.passed = holds(info, search.after);
    return 0;
  }
  for (unsigned i = 0; i < info->dlpi_phnum; ++i) {
    if (info->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const auto* dynamic = reinterpret_cast<const Elf64_Dyn*>(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    const SymbolTables tables = readDynamicSection(info->dlpi_addr, dynamic);
    if (tables.symbols == nullptr || tables.strings == nullptr) return 0;
    const Elf64_Sym* symbol = nullptr;
    if (tables.gnuHash != nullptr) {
      symbol = findByGnuHash(tables, search.name);
    } else if (tables.hash != nullptr) {
      symbol = findByHash(tables, search.name);
    }
    if (symbol == nullptr) return 0;
    search.found = reinterpret_cast<void*>(info->dlpi_addr + symbol->st_value);
    if (ELF64_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC) {
      search.found = reinterpret_cast<void* (*)()>(search.found)();
    }
    return 1;
  }
  return 0;
}

}  // namespace

void* findDynamicSymbol(const char* name, const void* after) {
  Search search{name, reinterpret_cast<std::uintptr_t>(after), after == nullptr, nullptr};
  dl_iterate_phdr(visit, &search);
  return search.found;
}

}  // namespace heaptap::capture
