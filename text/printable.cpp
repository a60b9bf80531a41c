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
  for (const char c : valid) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      shown += "\\n";
    } else if (c == '\t') {
      shown += ' ';
    } else if (byte < 0x20 || byte == 0x7F) {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\x%02x", byte);
      shown += code.data();
    } else {
      shown += c;
    }
  }
  return shown;
}

}  // namespace text
}  // namespace heaptap
