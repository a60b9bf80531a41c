// SPDX-License-Identifier: Apache-2.0
#include "text/printable.h"

#include <array>
#include <cstdio>

#include "text/utf8.h"

namespace heaptap {
inline namespace text {

std::string printable(std::string_view text) {
  const std::string valid = validUtf8(text);
  std::string shown;
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const char c = valid[i];
    const auto byte = static_cast<unsigned char>(c);
    const auto next = static_cast<unsigned char>(i + 1 < valid.size() ? valid[i + 1] : '\0');
    if (c == '\n') {
      shown += "\\n";
    } else if (c == '\t') {
      shown += ' ';
    } else if (byte < 0x20 || byte == 0x7F) {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\x%02x", byte);
      shown += code.data();
    } else if (byte == 0xC2 && next < 0xA0) {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x", next);
      shown += code.data();
      ++i;
    } else {
      shown += c;
    }
  }
  return shown;
}

}  // namespace text
}  // namespace heaptap
