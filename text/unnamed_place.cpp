// SPDX-License-Identifier: Apache-2.0
#include "text/unnamed_place.h"

#include <array>
#include <charconv>

namespace heaptap {

std::string unnamedPlace(std::string_view module, std::uint64_t address) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), address, 16).ptr;
  std::string place(module.empty() ? kNoModule : module.substr(module.rfind('/') + 1));
  return place.append("+0x").append(digits.data(), end);
}

}  // namespace heaptap
