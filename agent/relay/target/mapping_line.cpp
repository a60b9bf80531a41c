// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/mapping_line.h"

#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>

namespace heaptap::relay {
namespace {

/// Takes fields off the front of a line.
class Fields {
 public:
  explicit Fields(std::string_view line) : m_rest(line) {}

  /// A number that `end` follows.
  std::uint64_t number(char end, int base = 16) {
    std::uint64_t value = 0;
    const auto [next, error] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), value, base);
    m_rest.remove_prefix(static_cast<std::size_t>(next - m_rest.data()));
    m_good = m_good && error == std::errc() && !m_rest.empty() && m_rest.front() == end;
    if (m_good) m_rest.remove_prefix(1);
    return value;
  }
  void skip(std::size_t characters) {
    m_good = m_good && m_rest.size() >= characters;
    if (m_good) m_rest.remove_prefix(characters);
  }
  [[nodiscard]] bool good() const { return m_good; }
  [[nodiscard]] std::string_view rest() const { return m_rest; }

 private:
  std::string_view m_rest;
  bool m_good = true;
};

/// The kernel writes a newline in a path as \012.
std::string unescaped(std::string_view path) {
  constexpr std::string_view kNewline = "\\012";
  std::string text;
  while (!path.empty()) {
    const bool escaped = path.starts_with(kNewline);
    text += escaped ? '\n' : path.front();
    path.remove_prefix(escaped ? kNewline.size() : 1);
  }
  return text;
}

}  // namespace

std::optional<MappingLine> MappingLine::parse(std::string_view line) {
  Fields fields(line);
  MappingLine mapping;
  mapping.start = fields.number('-');
  mapping.end = fields.number(' ');
  fields.skip(5);  // "r-xp "
  mapping.offset = fields.number(' ');
  const auto major = static_cast<unsigned>(fields.number(':'));
  const auto minor = static_cast<unsigned>(fields.number(' '));
  mapping.device = makedev(major, minor);
  mapping.inode = fields.number(' ', 10);
  if (!fields.good() || mapping.start >= mapping.end) return std::nullopt;
  const std::string_view rest = fields.rest();
  mapping.path = unescaped(rest.substr(std::min(rest.find_first_not_of(' '), rest.size())));
  return mapping;
}

std::optional<MappingLine> mappingAt(std::string_view maps, std::uint64_t address) {
  while (!maps.empty()) {
    const std::size_t length = std::min(maps.find('\n'), maps.size());
    const auto mapping = MappingLine::parse(maps.substr(0, length));
    if (mapping && address >= mapping->start && address < mapping->end) return mapping;
    maps.remove_prefix(std::min(length + 1, maps.size()));
  }
  return std::nullopt;
}

}  // namespace heaptap::relay
