// SPDX-License-Identifier: Apache-2.0
#include "collector/model/session_id.h"

#include <algorithm>
#include <charconv>

namespace heaptap::model {

std::optional<SessionId> SessionId::fromBytes(std::string_view raw) {
  SessionId id;
  if (raw.size() != id.bytes.size()) return std::nullopt;
  std::copy(raw.begin(), raw.end(), id.bytes.begin());
  return id;
}

std::optional<SessionId> SessionId::fromHex(std::string_view digits) {
  SessionId id;
  if (digits.size() != 2 * id.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    const char* first = digits.data() + 2 * i;
    if (std::from_chars(first, first + 2, id.bytes[i], 16).ptr != first + 2) return std::nullopt;
  }
  return id;
}

std::string SessionId::hex() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xF];
  }
  return text;
}

}  // namespace heaptap::model
