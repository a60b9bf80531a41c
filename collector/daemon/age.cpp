// SPDX-License-Identifier: Apache-2.0
#include "collector/daemon/age.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace heaptap::daemon {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t seconds;
};
constexpr std::array kUnits{Unit{"s", 1},    Unit{"min", 60},   Unit{"m", 60},
                            Unit{"h", 3600}, Unit{"d", 86'400}, Unit{"w", 604'800}};
constexpr std::int64_t kLongest = std::int64_t{36'500} * 86'400;  ///< A hundred years.

}  // namespace

Result<std::chrono::seconds> parseAge(const std::string& text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  const std::string_view name(rest, static_cast<std::size_t>(end - rest));
  for (const Unit& unit : kUnits)
    if (error == std::errc{} && count > 0 && name == unit.name && count <= kLongest / unit.seconds)
      return std::chrono::seconds(count * unit.seconds);
  return failure(Code::Usage, text, "no time of up to a hundred years",
                 "give a number and s, min, h, d or w: 12h, 30d");
}

}  // namespace heaptap::daemon
