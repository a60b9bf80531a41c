// SPDX-License-Identifier: Apache-2.0
#include "text/duration.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace heaptap {
namespace {

struct Unit {
  std::string_view name;
  double ns;
};
constexpr Unit kUnits[] = {{"ns", 1},     {"us", 1e3}, {"ms", 1e6},   {"s", 1e9},    {"", 1e9},
                           {"min", 60e9}, {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}};

}  // namespace

std::optional<std::pair<double, std::string_view>> leadingNumber(std::string_view text) {
  if (text.empty() || !(text.front() == '.' || (text.front() >= '0' && text.front() <= '9')))
    return std::nullopt;
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
  std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return std::pair(number, rest);
}

std::optional<std::uint64_t> parseDuration(std::string_view text) {
  constexpr double kMost = 4e18;
  const auto number = leadingNumber(text);
  if (!number) return std::nullopt;
  for (const Unit& unit : kUnits)
    if (unit.name == number->second)
      return static_cast<std::uint64_t>(std::llround(std::min(number->first * unit.ns, kMost)));
  return std::nullopt;
}

}  // namespace heaptap
