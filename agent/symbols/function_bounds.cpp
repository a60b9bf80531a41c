// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/function_bounds.h"

#include <dwarf.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>

#include "agent/symbols/elf_sections.h"

namespace heaptap::symbols {
namespace {

/// Reads within a section. Beyond its end everything is 0, and `isGood` false from then on.
class Reader {
 public:
  Reader(std::string_view section, std::uint64_t address, std::size_t at)
      : m_section(section), m_address(address), m_at(at) {}

  [[nodiscard]] bool isGood() const { return m_isGood; }
  [[nodiscard]] std::size_t at() const { return m_at; }

  template <class Number>
  Number number() {
    Number value{};
    if (m_at > m_section.size() || m_section.size() - m_at < sizeof value) {
      m_isGood = false;
      return {};
    }
    std::memcpy(&value, m_section.data() + m_at, sizeof value);
    m_at += sizeof value;
    return value;
  }

  std::uint64_t leb() {  // The sign is of no matter here.
    std::uint64_t value = 0;
    for (unsigned shift = 0; m_isGood; shift += 7) {
      const auto byte = number<std::uint8_t>();
      if (shift < 64) value |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80) == 0) break;
    }
    return value;
  }

  std::string_view text() {
    const auto begin = std::min(m_at, m_section.size());
    const auto end = m_section.find('\0', begin);
    if (end == std::string_view::npos) {
      m_isGood = false;
      return {};
    }
    m_at = end + 1;
    return m_section.substr(begin, end - begin);
  }

  /// A pointer as DW_EH_PE_* says; those that need another section's address are not read.
  std::uint64_t pointer(std::uint8_t encoding) {
    const std::uint64_t own = m_address + m_at;
    const std::uint64_t value = plain(encoding);
    switch (encoding & 0x70) {
      case DW_EH_PE_absptr: return value;
      case DW_EH_PE_pcrel: return own + value;
      default: m_isGood = false; return 0;
    }
  }

  std::uint64_t plain(std::uint8_t encoding) {
    switch (encoding & 0x0F) {
      case DW_EH_PE_absptr:
      case DW_EH_PE_udata8:
      case DW_EH_PE_sdata8: return number<std::uint64_t>();
      case DW_EH_PE_udata4: return number<std::uint32_t>();
      case DW_EH_PE_sdata4: return static_cast<std::uint64_t>(std::int64_t{number<std::int32_t>()});
      case DW_EH_PE_udata2: return number<std::uint16_t>();
      case DW_EH_PE_sdata2: return static_cast<std::uint64_t>(std::int64_t{number<std::int16_t>()});
      case DW_EH_PE_uleb128: return leb();
      default: m_isGood = false; return 0;
    }
  }

 private:
  std::string_view m_section;
  std::uint64_t m_address;
  std::size_t m_at;
  bool m_isGood = true;
};

/// How the FDEs of a common information entry (CIE) write addresses; DW_EH_PE_omit: it cannot be read.
std::uint8_t encodingOf(Reader cie) {
  const auto version = cie.number<std::uint8_t>();
  const std::string_view augmentation = cie.text();
  if (!cie.isGood() || (version != 1 && version != 3)) return DW_EH_PE_omit;
  if (augmentation.empty()) return DW_EH_PE_absptr;
  if (!augmentation.starts_with('z')) return DW_EH_PE_omit;
  cie.leb();  // Alignment of code, of data; the return address' column; the size of what follows.
  cie.leb();
  if (version == 1)
    cie.number<std::uint8_t>();
  else
    cie.leb();
  cie.leb();
  std::uint8_t encoding = DW_EH_PE_absptr;
  for (const char letter : augmentation.substr(1)) {
    switch (letter) {
      case 'R': encoding = cie.number<std::uint8_t>(); break;
      case 'L': cie.number<std::uint8_t>(); break;
      case 'P': cie.plain(cie.number<std::uint8_t>()); break;
      case 'S':
      case 'B': break;
      default: return DW_EH_PE_omit;
    }
  }
  return cie.isGood() ? encoding : std::uint8_t{DW_EH_PE_omit};
}

std::vector<AddressRange> functionsOf(std::string_view section, std::uint64_t address) {
  std::vector<AddressRange> functions;
  std::map<std::size_t, std::uint8_t> encodings;  // By place of the CIE.
  std::size_t begin = 0;
  while (begin < section.size()) {
    Reader entry(section, address, begin);
    const auto shortLength = entry.number<std::uint32_t>();
    const std::uint64_t length =
        shortLength == 0xFFFF'FFFF ? entry.number<std::uint64_t>() : std::uint64_t{shortLength};
    const std::size_t body = entry.at();
    if (!entry.isGood() || length > section.size() - body) break;
    begin = body + length;
    if (length < sizeof(std::uint32_t)) continue;  // The end of one object file's part.
    const auto back = entry.number<std::uint32_t>();
    if (back == 0 || back > body) continue;
    const std::size_t cieAt = body - back;
    const auto [known, isNew] = encodings.try_emplace(cieAt, DW_EH_PE_omit);
    if (isNew) {
      Reader cie(section, address, cieAt);
      if (cie.number<std::uint32_t>() == 0xFFFF'FFFF) cie.number<std::uint64_t>();
      if (cie.number<std::uint32_t>() == 0) known->second = encodingOf(cie);
    }
    if (known->second == DW_EH_PE_omit) continue;
    const std::uint64_t from = entry.pointer(known->second);
    const std::uint64_t size = entry.plain(known->second);
    if (entry.isGood() && from != 0 && size != 0 && from + size > from)
      functions.push_back({from, from + size});
  }
  return functions;
}

}  // namespace

FunctionBounds::FunctionBounds(Elf* elf, std::uint64_t bias) {
  for (const ElfSection section : ElfSections(elf)) {
    if (section.name() != ".eh_frame") continue;
    m_functions = functionsOf(section.bytes(), section.header().sh_addr + bias);
    if (!m_functions.empty()) break;
  }
  std::sort(m_functions.begin(), m_functions.end(),
            [](const AddressRange& a, const AddressRange& b) { return a.begin < b.begin; });
}

std::optional<AddressRange> FunctionBounds::around(std::uint64_t address) const {
  auto next = std::upper_bound(m_functions.begin(), m_functions.end(), address,
                               [](std::uint64_t a, const AddressRange& f) { return a < f.begin; });
  if (next == m_functions.begin() || !(--next)->contains(address)) return std::nullopt;
  return *next;
}

bool FunctionBounds::isBoundBetween(std::uint64_t from, std::uint64_t to) const {
  const auto next = std::upper_bound(m_functions.begin(), m_functions.end(), to,
                                     [](std::uint64_t a, const AddressRange& f) { return a < f.begin; });
  if (next == m_functions.begin()) return false;
  const AddressRange& last = *std::prev(next);
  return last.begin > from || (last.end > from && last.end <= to);
}

}  // namespace heaptap::symbols
