// SPDX-License-Identifier: Apache-2.0
#include "text/printable.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "text/utf8.h"

namespace heaptap {
inline namespace text {
namespace {

/// Characters without a shape of their own that change how others are shown (Unicode 15, section 23.2 and UAX
/// #9), in UTF-8.
constexpr std::array<std::pair<std::string_view, const char*>, 15> kInvisible{{
    {"\xD8\x9C", "\\u061c"},      // Arabic letter mark.
    {"\xE2\x80\x8E", "\\u200e"},  // Marks of direction, …
    {"\xE2\x80\x8F", "\\u200f"},
    {"\xE2\x80\xA8", "\\u2028"},  // … ends of lines and paragraphs, …
    {"\xE2\x80\xA9", "\\u2029"},
    {"\xE2\x80\xAA", "\\u202a"},  // … embeddings and overrides, …
    {"\xE2\x80\xAB", "\\u202b"},
    {"\xE2\x80\xAC", "\\u202c"},
    {"\xE2\x80\xAD", "\\u202d"},
    {"\xE2\x80\xAE", "\\u202e"},
    {"\xE2\x81\xA6", "\\u2066"},  // … and isolates.
    {"\xE2\x81\xA7", "\\u2067"},
    {"\xE2\x81\xA8", "\\u2068"},
    {"\xE2\x81\xA9", "\\u2069"},
    {"\xEF\xBB\xBF", "\\ufeff"},  // Byte order mark.
}};

/// The one that `text` begins with; else the end.
const std::pair<std::string_view, const char*>* invisibleAt(std::string_view text) {
  const auto first = text.empty() ? '\0' : text.front();
  if (first != '\xD8' && first != '\xE2' && first != '\xEF') return kInvisible.end();
  return std::find_if(kInvisible.begin(), kInvisible.end(),
                      [&](const auto& each) { return text.starts_with(each.first); });
}

}  // namespace

std::string withoutInvisible(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto* const found = invisibleAt(text.substr(i));
    if (found == kInvisible.end()) {
      shown += text[i];
      continue;
    }
    shown += found->second;
    i += found->first.size() - 1;
  }
  return shown;
}

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
    } else if (const auto* const found = invisibleAt(std::string_view(valid).substr(i));
               found != kInvisible.end()) {
      shown += found->second;
      i += found->first.size() - 1;
    } else {
      shown += c;
    }
  }
  return shown;
}

}  // namespace text
}  // namespace heaptap
