// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gelf.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include "agent/symbols/interval_index.h"

namespace heaptap::symbols {

/// One section of an ELF file. What it contains is as the file has it, and hostile; what this class returns
/// lies within the file. Views are valid as long as the file is open.
class ElfSection {
 public:
  /// `section`: null for none, which is not readable.
  ElfSection(Elf* elf, Elf_Scn* section);

  /// Returns true when the file has its header.
  [[nodiscard]] bool isReadable() const { return m_isReadable; }
  /// All zero when it is not readable.
  [[nodiscard]] const GElf_Shdr& header() const { return m_header; }
  [[nodiscard]] bool hasFlags(std::uint64_t flags) const { return (m_header.sh_flags & flags) == flags; }

  /// Empty where it has none, or the file's table of names is damaged.
  [[nodiscard]] std::string_view name() const;
  /// Empty where it has none in the file (SHT_NOBITS), or they reach beyond its end.
  [[nodiscard]] std::string_view bytes() const;
  /// Where its bytes are loaded; none where there are none, or the addresses would wrap around.
  [[nodiscard]] std::optional<AddressRange> addresses(std::uint64_t bias) const;
  /// For gelf_getsym() and the like, which check their index. Null where they cannot be read.
  [[nodiscard]] Elf_Data* entries() const;
  /// The section that belongs to it (sh_link): the names of its symbols, the symbols of its relocations.
  [[nodiscard]] ElfSection linked() const;

 private:
  Elf* m_elf;
  Elf_Scn* m_section;
  GElf_Shdr m_header{};
  bool m_isReadable = false;
};

/// All sections of an ELF file, in its order; none of a null file.
class ElfSections {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = ElfSection;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = ElfSection;

    Iterator(Elf* elf, Elf_Scn* section) : m_elf(elf), m_section(section) {}
    ElfSection operator*() const { return {m_elf, m_section}; }
    Iterator& operator++() {
      m_section = elf_nextscn(m_elf, m_section);
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.m_section == b.m_section; }

   private:
    Elf* m_elf;
    Elf_Scn* m_section;
  };

  explicit ElfSections(Elf* elf) : m_elf(elf) {}
  [[nodiscard]] Iterator begin() const {
    return {m_elf, m_elf == nullptr ? nullptr : elf_nextscn(m_elf, nullptr)};
  }
  [[nodiscard]] Iterator end() const { return {m_elf, nullptr}; }

 private:
  Elf* m_elf;
};

/// The text at an offset of a table of strings; empty beyond it, and where it does not end within the table.
[[nodiscard]] std::string_view textAt(std::string_view strings, std::uint64_t offset);

}  // namespace heaptap::symbols
