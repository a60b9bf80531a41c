// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "agent/symbols/made/made_names.h"
#include "agent/symbols/regular_file.h"

namespace heaptap::symbols {
namespace {

constexpr std::uint64_t kMaxMapBytes = std::uint64_t{512} << 20;
constexpr std::size_t kMaxMapLine = 64 << 10;  ///< Of a longer one, the rest is left out.
/// Lines that claim everything make as much work as there are addresses.
constexpr std::uint64_t kMaxAssignments = 20'000'000;

std::optional<std::uint64_t> takeHexadecimal(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  if (line.starts_with("0x")) line.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number, 16);
  if (error != std::errc{}) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  return number;
}

class MapReader {
 public:
  explicit MapReader(const std::vector<std::uint64_t>& addresses)
      : m_addresses(addresses), m_names(addresses.size()) {}

  /// Returns false when nothing more is to be read.
  bool take(std::string_view line) {
    const auto start = takeHexadecimal(line);
    const auto size = start ? takeHexadecimal(line) : std::nullopt;
    if (!size || line.size() < 2 || line.front() != ' ') return true;
    const std::string_view name = line.substr(1);
    const std::uint64_t end = *start + std::min(*size, UINT64_MAX - *start);
    for (auto at = std::lower_bound(m_addresses.begin(), m_addresses.end(), *start);
         at != m_addresses.end() && *at < end; ++at) {
      m_names[static_cast<std::size_t>(at - m_addresses.begin())] = name;
      if (++m_assignments > kMaxAssignments) return false;
    }
    return true;
  }

  [[nodiscard]] MadeNames names() && {
    MadeNames found;
    for (std::size_t i = 0; i < m_names.size(); ++i)
      if (!m_names[i].empty()) found[m_addresses[i]].function = std::move(m_names[i]);
    return found;
  }

 private:
  const std::vector<std::uint64_t>& m_addresses;
  std::vector<std::string> m_names;
  std::uint64_t m_assignments = 0;
};

}  // namespace

MadeNames namesInPerfMap(const UniqueFd& file, const std::vector<std::uint64_t>& addresses) {
  MapReader reader(addresses);
  std::vector<char> part(1 << 20);
  std::string line;
  bool goesOn = !addresses.empty();
  // The program may still be writing: what has no line end yet is not read.
  for (std::uint64_t at = 0, end = std::min(sizeOf(file), kMaxMapBytes); goesOn && at < end;) {
    const std::size_t size = std::min<std::uint64_t>(part.size(), end - at);
    if (!readAt(file, at, part.data(), size)) break;
    at += size;
    for (std::string_view rest(part.data(), size); goesOn && !rest.empty();) {
      const std::size_t length = rest.find('\n');
      line.append(rest.substr(0, std::min(length, kMaxMapLine - std::min(line.size(), kMaxMapLine))));
      if (length == std::string_view::npos) break;
      rest.remove_prefix(length + 1);
      goesOn = reader.take(line);
      line.clear();
    }
  }
  return std::move(reader).names();
}

}  // namespace heaptap::symbols
