// SPDX-License-Identifier: Apache-2.0
#include "text/shell_word.h"

#include <algorithm>
#include <cstddef>

#include "text/printable.h"

namespace heaptap {
inline namespace text {

namespace {

/// `$'…'`. Bytes are octal, as these numbers have an end: three digits.
std::string escaped(std::string_view word) {
  std::string text = "$'";
  for (std::size_t at = 0; at < word.size();) {
    // A letter stays as it is where it can be shown.
    std::size_t length = 1;
    while (at + length < word.size() && (static_cast<unsigned char>(word[at + length]) & 0xC0) == 0x80)
      ++length;
    const std::string_view letter = word.substr(at, length);
    at += length;
    if (letter == "\n") {
      text += "\\n";
    } else if (letter == "\t") {
      text += "\\t";
    } else if (letter == "'" || letter == "\\") {
      text += "\\" + std::string(letter);
    } else if (printable(letter) == letter) {
      text += letter;
    } else {
      for (const char c : letter) {
        const auto byte = static_cast<unsigned char>(c);
        text += '\\';
        for (const int shift : {6, 3, 0}) text += static_cast<char>('0' + ((byte >> shift) & 7));
      }
    }
  }
  return text + "'";
}

}  // namespace

std::string shellWord(std::string_view word) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("_-+=./,:@%^").find(c) != std::string_view::npos ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  if (printable(word) != word) return escaped(word);
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string shellLine(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shellWord(word);
  return line;
}

}  // namespace text
}  // namespace heaptap
