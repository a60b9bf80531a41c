// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/base/utf8.h"

#include <cstdint>

namespace heaptap::relay {
namespace {

/// Length of the well-formed sequence at the start of `s` (Unicode standard, table 3-7); 0 when there is
/// none.
std::size_t sequenceLength(std::string_view s) {
  const auto byte = [s](std::size_t i) { return static_cast<std::uint8_t>(i < s.size() ? s[i] : 0); };
  const auto within = [&byte](std::size_t i, int low, int high) { return byte(i) >= low && byte(i) <= high; };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool second = within(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
    return second && within(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool second = within(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
    return second && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string validUtf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = sequenceLength(bytes);
    text += length != 0 ? bytes.substr(0, length) : "\uFFFD";
    bytes.remove_prefix(length != 0 ? length : 1);
  }
  return text;
}

}  // namespace heaptap::relay
