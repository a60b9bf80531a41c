// SPDX-License-Identifier: Apache-2.0
#include "agent/symbols/machine_code.h"

#include <algorithm>
#include <cstring>

#include "agent/symbols/elf_sections.h"

namespace heaptap::symbols {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kEndbr64 = "\xf3\x0f\x1e\xfa"sv;

std::int32_t displacement(std::string_view bytes, std::size_t at) {
  std::int32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

/// The instruction at `at`, of `size` bytes, whose last four are relative to what follows it.
std::uint64_t target(std::string_view bytes, std::uint64_t begin, std::size_t at, std::size_t size) {
  const auto offset = static_cast<std::uint64_t>(std::int64_t{displacement(bytes, at + size - 4)});
  return begin + at + size + offset;
}

}  // namespace

MachineCode::MachineCode(Elf* elf, std::uint64_t bias) {
  for (const ElfSection section : ElfSections(elf)) {
    if (section.header().sh_type != SHT_PROGBITS || !section.hasFlags(SHF_EXECINSTR)) continue;
    if (const auto range = section.addresses(bias))
      m_sections.push_back({*range, section.bytes(), section.name().starts_with(".plt")});
  }
}

std::string_view MachineCode::at(AddressRange range) const {
  for (const Section& section : m_sections)
    if (range.begin < range.end && section.range.contains(range.begin) && range.end <= section.range.end)
      return section.bytes.substr(range.begin - section.range.begin, range.end - range.begin);
  return {};
}

bool MachineCode::isLinkage(std::uint64_t address) const {
  return std::any_of(m_sections.begin(), m_sections.end(), [address](const Section& section) {
    return section.isLinkage && section.range.contains(address);
  });
}

std::optional<MachineCode::Jump> MachineCode::callBefore(std::uint64_t address) const {
  constexpr std::size_t kDirect = 5;    // e8 rel32
  constexpr std::size_t kIndirect = 6;  // ff 15 rel32: by a pointer at an address relative to the code's.
  const std::uint64_t begin = address - kIndirect;
  const std::string_view bytes = at({begin, address});
  if (bytes.empty()) return std::nullopt;
  if (bytes.starts_with("\xff\x15"sv)) return Jump{target(bytes, begin, 0, kIndirect), true};
  if (bytes[1] == '\xe8') return Jump{target(bytes, begin, 1, kDirect), false};
  return std::nullopt;
}

std::optional<MachineCode::Jump> MachineCode::onlyJump(std::uint64_t address) const {
  constexpr std::size_t kLongest = 11;  // endbr64, bnd jmp *rel32
  std::string_view bytes;
  for (std::size_t size = kLongest; size >= 2 && bytes.empty(); --size) bytes = at({address, address + size});
  std::uint64_t begin = address;
  const auto skip = [&](std::string_view prefix) {
    if (!bytes.starts_with(prefix)) return;
    bytes.remove_prefix(prefix.size());
    begin += prefix.size();
  };
  skip(kEndbr64);
  skip("\xf2"sv);
  if (bytes.size() >= 6 && bytes.starts_with("\xff\x25"sv)) return Jump{target(bytes, begin, 0, 6), true};
  if (bytes.size() >= 5 && bytes[0] == '\xe9') return Jump{target(bytes, begin, 0, 5), false};
  if (bytes.size() >= 2 && bytes[0] == '\xeb')
    return Jump{begin + 2 + static_cast<std::uint64_t>(std::int64_t{static_cast<std::int8_t>(bytes[1])}),
                false};
  return std::nullopt;
}

std::vector<MachineCode::Jump> MachineCode::jumpsOut(AddressRange function) const {
  std::vector<Jump> found;
  const std::string_view bytes = at(function);
  const auto add = [&](Jump jump) {
    if (jump.isPointer || !function.contains(jump.target)) found.push_back(jump);
  };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto has = [&](std::size_t size) { return bytes.size() - i >= size; };
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const auto next = has(2) ? static_cast<unsigned char>(bytes[i + 1]) : 0U;
    if (byte == 0xE9 && has(5)) add({target(bytes, function.begin, i, 5), false});
    if (byte == 0x0F && next >= 0x80 && next <= 0x8F && has(6))
      add({target(bytes, function.begin, i, 6), false});
    if (byte == 0xFF && next == 0x25 && has(6)) add({target(bytes, function.begin, i, 6), true});
    if (byte == 0xEB && has(2)) {
      const auto offset = std::int64_t{static_cast<std::int8_t>(next)};
      add({function.begin + i + 2 + static_cast<std::uint64_t>(offset), false});
    }
  }
  return found;
}

bool MachineCode::callsRegister(AddressRange function) const {
  const std::string_view bytes = at(function);
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i)
    if (bytes[i] == '\xff' && (static_cast<unsigned char>(bytes[i + 1]) & 0xF8) == 0xD0) return true;
  return false;
}

std::size_t MachineCode::calls(AddressRange function) const {
  const std::string_view bytes = at(function);
  std::size_t count = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] == '\xe8' || (bytes[i] == '\xff' && i + 1 < bytes.size() && (bytes[i + 1] & 0x38) == 0x10))
      ++count;
  return count;
}

}  // namespace heaptap::symbols
