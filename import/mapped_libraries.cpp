// SPDX-License-Identifier: Apache-2.0
#include "import/mapped_libraries.h"

#include <algorithm>
#include <utility>

#include "import/line_reader.h"

namespace heaptap::importing {
namespace {

/// A program that is linked to fixed addresses is mapped at the lowest ones; its addresses are those in the
/// file.
constexpr std::uint64_t kMostFixed = 1ULL << 32;

std::string_view takeWord(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

bool takeHex(std::string_view& text, std::uint64_t& value) {
  const auto taken = takeNumber(text, 16);
  value = taken.value_or(0);
  return taken.has_value();
}

}  // namespace

void MappedLibraries::addLine(std::string_view line) {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t offset = 0;
  if (!takeHex(line, begin) || !line.starts_with('-')) return;
  line.remove_prefix(1);
  if (!takeHex(line, end) || begin >= end) return;
  (void)takeWord(line);  // Permissions.
  if (!takeHex(line, offset)) return;
  (void)takeWord(line);  // Device.
  (void)takeWord(line);  // Inode.
  while (line.starts_with(' ')) line.remove_prefix(1);
  if (line.empty()) return;
  const std::string path(line);
  m_mappings[begin] = {.end = end, .path = path};
  const std::uint64_t base = begin - std::min(begin, offset);
  const auto [module, isNew] = m_modules.try_emplace(path, Module{.base = base, .end = end});
  module->second.base = std::min(module->second.base, base);
  module->second.end = std::max(module->second.end, end);
}

void MappedLibraries::addSymbol(std::uint64_t address, std::vector<ProfileBuilder::Line> lines) {
  m_symbols.insert_or_assign(address, std::move(lines));
}

std::uint32_t MappedLibraries::frameOf(std::uint64_t address) {
  const auto [known, isNew] = m_frames.try_emplace(address, 0);
  if (!isNew) return known->second;
  const std::uint64_t call = address == 0 ? 0 : address - 1;
  auto symbol = m_symbols.find(call);
  if (symbol == m_symbols.end()) symbol = m_symbols.find(address);
  const std::vector<ProfileBuilder::Line> lines =
      symbol == m_symbols.end() ? std::vector<ProfileBuilder::Line>() : symbol->second;
  auto mapping = m_mappings.upper_bound(call);
  if (mapping == m_mappings.begin() || (--mapping)->second.end <= call)
    return known->second = m_profile.frame(0, call, lines);
  Module& module = m_modules.find(mapping->second.path)->second;
  const std::uint64_t bias = module.base < kMostFixed ? 0 : module.base;
  if (module.number == 0)
    module.number = m_profile.module(mapping->second.path, {}, module.base, module.end, bias);
  return known->second = m_profile.frame(module.number, call - bias, lines);
}

}  // namespace heaptap::importing
