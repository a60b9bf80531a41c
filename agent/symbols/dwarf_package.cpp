// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/dwarf_package.h"

#include <libelf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <utility>

#include "agent/symbols/debug_compression.h"
#include "agent/symbols/elf_image.h"
#include "agent/symbols/elf_pointer.h"
#include "agent/symbols/elf_sections.h"
#include "agent/symbols/regular_file.h"

namespace heaptap::symbols {
namespace {

constexpr std::uint64_t kMaxIndexBytes = std::uint64_t{256} << 20;
constexpr std::uint64_t kMaxTextsBytes = std::uint64_t{64} << 20;  ///< To be read as a whole.
constexpr std::uint64_t kMaxUnitBytes = std::uint64_t{256} << 20;
constexpr std::uint64_t kMaxGivenBytes = std::uint64_t{1}
                                         << 30;  ///< Of all units together: they stay in memory.
constexpr std::size_t kMaxText = 1 << 20;

/// What columns are of (DW_SECT_*).
constexpr std::uint32_t kInfo = 1;
constexpr std::uint32_t kAbbreviations = 3;
constexpr std::uint32_t kLine = 4;
constexpr std::uint32_t kTextOffsets = 6;
constexpr std::uint32_t kRanges = 8;  ///< In DWARF 5; macros before.

const char* columnSection(std::uint32_t column, std::uint16_t version) {
  switch (column) {
    case kInfo: return ".debug_info.dwo";
    case kAbbreviations: return ".debug_abbrev.dwo";
    case kLine: return ".debug_line.dwo";
    case kTextOffsets: return ".debug_str_offsets.dwo";
    case kRanges: return version >= 5 ? ".debug_rnglists.dwo" : nullptr;
    default: return nullptr;
  }
}

/// The number at a position that was checked.
template <class Number>
Number numberAt(const std::string& bytes, std::size_t at) {
  Number number;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

}  // namespace

std::unique_ptr<DwarfPackage> DwarfPackage::open(const std::string& path) {
  std::unique_ptr<DwarfPackage> package(new DwarfPackage);
  return package->read(path) ? std::move(package) : nullptr;
}

bool DwarfPackage::read(const std::string& path) {
  m_file = openRegular(path);
  ElfPointer elf = m_file ? openElf(m_file.get()) : nullptr;
  if (elf == nullptr) return false;
  const ElfSections sections(elf.get());
  if (std::any_of(sections.begin(), sections.end(), [](const ElfSection& section) {
        return section.hasFlags(SHF_COMPRESSED) && section.name().starts_with(".debug_");
      })) {
    m_file = copyDecompressed(m_file, elf.get(), Compressed::InAnyWay);
    elf = m_file ? openElf(m_file.get()) : nullptr;
    if (elf == nullptr) return false;
  }
  const std::uint64_t end = sizeOf(m_file);
  for (const ElfSection section : ElfSections(elf.get())) {
    const GElf_Shdr& header = section.header();
    if (header.sh_type == SHT_NOBITS || header.sh_offset > end || header.sh_size > end - header.sh_offset)
      continue;
    m_sections.try_emplace(std::string(section.name()),
                           AddressRange{header.sh_offset, header.sh_offset + header.sh_size});
  }
  return readIndex(sectionBytes(".debug_cu_index"));
}

std::string DwarfPackage::sectionBytes(const std::string& name) const {
  const auto found = m_sections.find(name);
  if (found == m_sections.end() || found->second.end - found->second.begin > kMaxIndexBytes) return {};
  std::string bytes(found->second.end - found->second.begin, '\0');
  if (!readAt(m_file, found->second.begin, bytes.data(), bytes.size())) return {};
  return bytes;
}

/// Header, then ids and rows of a hash table, then the table of rows: columns, offsets and sizes.
bool DwarfPackage::readIndex(const std::string& index) {
  constexpr std::size_t kHeader = 16;
  if (index.size() < kHeader) return false;
  // Before DWARF 5 the version had four bytes; the upper ones were zero as well.
  m_version = numberAt<std::uint16_t>(index, 0);
  if (m_version != 2 && m_version != 5) return false;
  const std::uint64_t columns = numberAt<std::uint32_t>(index, 4);
  const std::uint64_t units = numberAt<std::uint32_t>(index, 8);
  const std::uint64_t slots = numberAt<std::uint32_t>(index, 12);
  constexpr std::uint64_t kMaxColumns = 16;
  if (columns == 0 || columns > kMaxColumns) return false;
  const std::uint64_t rows = kHeader + slots * 12;
  m_offsets = rows + columns * 4;
  m_sizes = m_offsets + units * columns * 4;
  if (m_sizes + units * columns * 4 > index.size()) return false;
  for (std::size_t i = 0; i < columns; ++i) m_columns.push_back(numberAt<std::uint32_t>(index, rows + i * 4));
  for (std::size_t i = 0; i < slots; ++i) {
    const auto row = numberAt<std::uint32_t>(index, kHeader + slots * 8 + i * 4);
    if (row != 0 && row <= units)
      m_rows.try_emplace(numberAt<std::uint64_t>(index, kHeader + i * 8), row - 1);
  }
  m_index = index;
  return !m_rows.empty();
}

std::optional<std::string> DwarfPackage::contribution(std::uint32_t row, std::size_t column,
                                                      const std::string& section) const {
  const std::size_t cell = (std::size_t{row} * m_columns.size() + column) * 4;
  const std::uint64_t offset = numberAt<std::uint32_t>(m_index, m_offsets + cell);
  const std::uint64_t size = numberAt<std::uint32_t>(m_index, m_sizes + cell);
  if (size == 0) return std::string();
  const auto whole = m_sections.find(section);
  if (whole == m_sections.end() || size > kMaxUnitBytes ||
      offset + size > whole->second.end - whole->second.begin) {
    return std::nullopt;
  }
  std::string bytes(size, '\0');
  if (!readAt(m_file, whole->second.begin + offset, bytes.data(), bytes.size())) return std::nullopt;
  return bytes;
}

std::optional<std::string> DwarfPackage::unit(std::uint64_t id) {
  const auto row = m_rows.find(id);
  if (row == m_rows.end()) return std::nullopt;
  ElfImage image;
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < m_columns.size(); ++i) {
    const char* const section = columnSection(m_columns[i], m_version);
    if (section == nullptr) continue;
    auto bytes = contribution(row->second, i, section);
    if (!bytes) return std::nullopt;
    if (bytes->empty()) continue;
    if (m_columns[i] == kTextOffsets) {
      std::string texts;
      if (!replaceTexts(*bytes, texts)) return std::nullopt;
      size += texts.size();
      image.add(".debug_str.dwo", texts);
    }
    size += bytes->size();
    image.add(section, *bytes);
  }
  if (size > kMaxGivenBytes - m_given) return std::nullopt;
  m_given += size;
  return image.finish();
}

/// All units of a package share one section of texts: of these, only the unit's own are wanted, and its
/// offsets are to be those in the copy.
bool DwarfPackage::replaceTexts(std::string& offsets, std::string& texts) {
  std::size_t at = 0;
  if (m_version >= 5) {
    constexpr std::size_t kHeader = 8;
    constexpr std::uint32_t kWideOffsets = 0xFFFF'FFFF;  // 64 bits each, of which nobody makes use here.
    if (offsets.size() < kHeader || numberAt<std::uint32_t>(offsets, 0) == kWideOffsets) return false;
    at = kHeader;
  }
  for (; at + 4 <= offsets.size(); at += 4) {
    const auto text = textAt(numberAt<std::uint32_t>(offsets, at));
    if (!text || texts.size() + text->size() >= kMaxUnitBytes) return false;
    const auto place = static_cast<std::uint32_t>(texts.size());
    texts.append(*text).push_back('\0');
    std::memcpy(offsets.data() + at, &place, sizeof place);
  }
  return true;
}

std::optional<std::string> DwarfPackage::textAt(std::uint32_t offset) {
  const auto found = m_sections.find(".debug_str.dwo");
  if (found == m_sections.end()) return std::nullopt;
  const AddressRange whole = found->second;
  if (offset >= whole.end - whole.begin) return std::nullopt;
  if (!m_texts && whole.end - whole.begin <= kMaxTextsBytes) m_texts = sectionBytes(".debug_str.dwo");
  if (m_texts && !m_texts->empty()) {
    const std::string_view text = symbols::textAt(*m_texts, offset);
    return (*m_texts)[offset] == '\0' || !text.empty() ? std::optional<std::string>(text) : std::nullopt;
  }
  std::string text;
  std::array<char, 256> part{};
  for (std::uint64_t at = whole.begin + offset; at < whole.end && text.size() < kMaxText;) {
    const std::size_t size = std::min<std::uint64_t>(part.size(), whole.end - at);
    if (!readAt(m_file, at, part.data(), size)) return std::nullopt;
    const std::string_view read(part.data(), size);
    const std::size_t end = read.find('\0');
    text.append(read.substr(0, end));
    if (end != std::string_view::npos) return text;
    at += size;
  }
  return std::nullopt;
}

}  // namespace heaptap::symbols
