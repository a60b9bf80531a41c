// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <link.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace heaptap::platform {

/// Functions of libc that the program has replaced, by libc's own table of symbols (System V ABI, and
/// DT_GNU_HASH as binutils writes it). dlsym would do as well, but not inside of the malloc family: dlerror()
/// calls realloc while it holds what dlsym frees.
class LibcSymbols {
 public:
  /// nullptr: libc does not export it, or is no library of this process.
  /// Threads: any. Allocates nothing; takes the loader's lock.
  static void* find(const char* name) noexcept {
    Search search{name, nullptr};
    dl_iterate_phdr(&lookInto, &search);
    return search.found;
  }

 private:
  struct Search {
    const char* name;
    void* found;
  };

  static int lookInto(dl_phdr_info* object, std::size_t /*size*/, void* search) noexcept {
    auto& wanted = *static_cast<Search*>(search);
    for (std::size_t i = 0; i < object->dlpi_phnum; ++i) {
      if (object->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
      const LibcSymbols symbols(object->dlpi_addr, object->dlpi_phdr[i].p_vaddr);
      if (symbols.areOfLibc()) wanted.found = symbols.lookUp(wanted.name);
    }
    return wanted.found != nullptr ? 1 : 0;
  }

  LibcSymbols(ElfW(Addr) base, ElfW(Addr) dynamic) noexcept : m_base(base) {
    for (const auto* entry = at<ElfW(Dyn)>(base + dynamic); entry->d_tag != DT_NULL; ++entry) {
      // On most architectures the loader has replaced offsets by addresses.
      const ElfW(Addr) value = entry->d_un.d_ptr;
      const ElfW(Addr) address = value < base ? base + value : value;
      if (entry->d_tag == DT_GNU_HASH) m_hash = at<std::uint32_t>(address);
      if (entry->d_tag == DT_SYMTAB) m_symbols = at<ElfW(Sym)>(address);
      if (entry->d_tag == DT_STRTAB) m_strings = at<char>(address);
      if (entry->d_tag == DT_SONAME) m_soname = value;
    }
  }

  template <class T>
  static const T* at(ElfW(Addr) address) noexcept {
    return reinterpret_cast<const T*>(address);
  }

  [[nodiscard]] bool areOfLibc() const noexcept {
    return m_hash != nullptr && m_symbols != nullptr && m_strings != nullptr && m_soname != 0 &&
           std::strncmp(m_strings + m_soname, "libc.so.", 8) == 0;
  }

  [[nodiscard]] void* lookUp(const char* name) const noexcept {
    std::uint32_t hash = 5381;
    for (const char* letter = name; *letter != '\0'; ++letter) {
      hash = hash * 33 + static_cast<unsigned char>(*letter);
    }
    const std::uint32_t buckets = m_hash[0];
    const std::uint32_t first = m_hash[1];
    const std::uint32_t* const bucket = m_hash + 4 + m_hash[2] * (sizeof(ElfW(Addr)) / sizeof(std::uint32_t));
    const std::uint32_t* const chain = bucket + buckets;
    std::uint32_t index = bucket[hash % buckets];
    if (index < first) return nullptr;
    for (;; ++index) {
      const std::uint32_t entry = chain[index - first];
      const ElfW(Sym)& symbol = m_symbols[index];
      // The lowest bit ends the chain.
      if ((entry | 1) == (hash | 1) && std::strcmp(m_strings + symbol.st_name, name) == 0) {
        return reinterpret_cast<void*>(m_base + symbol.st_value);
      }
      if ((entry & 1) != 0) return nullptr;
    }
  }

  ElfW(Addr) m_base;
  const std::uint32_t* m_hash = nullptr;
  const ElfW(Sym) * m_symbols = nullptr;
  const char* m_strings = nullptr;
  std::size_t m_soname = 0;
};

}  // namespace heaptap::platform
