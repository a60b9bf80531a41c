// SPDX-License-Identifier: Apache-2.0
#include "cli/message.h"

#include <unistd.h>

#include <array>
#include <cstdio>

#include "text/utf8.h"

namespace heaptap::cli {
namespace {

/// With one write, so that the line stays whole among those of COMMAND.
void printLine(const std::string& line) { (void)!write(STDERR_FILENO, line.data(), line.size()); }

}  // namespace

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

void printError(const Error& error) { printLine("heaptap: " + printable(error.line()) + "\n"); }

void printWarning(std::string_view text) { printLine("heaptap: warning: " + printable(text) + "\n"); }

void printNote(std::string_view text) { printLine("heaptap: " + printable(text) + "\n"); }

}  // namespace heaptap::cli
