// SPDX-License-Identifier: Apache-2.0
#include "export/json_text.h"

#include <array>
#include <cstdio>

#include "text/utf8.h"

namespace heaptap::exporting {

std::string jsonText(std::string_view text) {
  std::string json = "\"";
  for (const char c : validUtf8(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7F || c == '<') {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x", byte);
      json += code.data();
    } else {
      json += c;
    }
  }
  return json + '"';
}

}  // namespace heaptap::exporting
