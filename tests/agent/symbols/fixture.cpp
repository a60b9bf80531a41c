// SPDX-License-Identifier: Apache-2.0
#include "tests/agent/symbols/fixture.h"

#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace heaptap::symbols::test {

std::string fixture(const std::string& name) { return std::string(HEAPTAP_FIXTURES "/") + name; }

std::uint32_t lineOf(const std::string& source, const std::string& mark) {
  std::ifstream file(std::string(HEAPTAP_FIXTURE_SOURCES "/") + source);
  std::string text;
  for (std::uint32_t number = 1; std::getline(file, text); ++number) {
    const auto at = text.find("here: " + mark);
    const auto end = at + 6 + mark.size();
    if (at != std::string::npos && (end == text.size() || text[end] == ' ')) return number;
  }
  ADD_FAILURE() << source << " has no mark " << mark;
  return 0;
}

std::string outputOf(const std::string& command) {
  std::string output;
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) {
    ADD_FAILURE() << "cannot run " << command;
    return output;
  }
  std::array<char, 4096> part{};
  while (const std::size_t length = std::fread(part.data(), 1, part.size(), pipe)) {
    output.append(part.data(), length);
  }
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return output;
}

Folder::Folder() : m_path(testing::TempDir() + "heaptap-symbols-XXXXXX") {
  if (::mkdtemp(m_path.data()) == nullptr) ADD_FAILURE() << m_path;
}

Folder::~Folder() { std::filesystem::remove_all(m_path); }

std::string buildIdOf(const std::string& path) {
  const std::string notes = outputOf("readelf --notes " + path);
  const auto at = notes.find("Build ID: ");
  if (at == std::string::npos) return {};
  std::string bytes;
  for (std::size_t i = at + 10; std::isxdigit(static_cast<unsigned char>(notes[i])) != 0; i += 2) {
    bytes += static_cast<char>(std::stoi(notes.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char each : bytes) {
    const auto byte = static_cast<unsigned char>(each);
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

std::map<std::string, std::uint64_t> reportedAddresses(const std::string& path) {
  std::istringstream lines(outputOf(path));
  std::map<std::string, std::uint64_t> addresses;
  std::string label;
  std::uint64_t address = 0;
  while (lines >> label >> std::hex >> address) addresses.emplace(label, address);
  return addresses;
}

std::vector<Symbol> codeSymbols(const std::string& path) {
  std::istringstream lines(outputOf("nm --defined-only --print-size --numeric-sort " + path));
  std::vector<Symbol> symbols;
  std::string text;
  while (std::getline(lines, text)) {
    std::istringstream fields(text);
    Symbol symbol{};
    char kind = 0;
    // Symbols without a size have three fields and fail to parse here.
    if (fields >> std::hex >> symbol.address >> symbol.size >> kind >> symbol.name &&
        (kind == 't' || kind == 'T' || kind == 'W' || kind == 'i')) {
      symbols.push_back(symbol);
    }
  }
  return symbols;
}

std::vector<std::string> readable(const std::vector<SourceLine>& lines) {
  std::vector<std::string> texts;
  for (const SourceLine& line : lines) {
    texts.push_back(line.function + ' ' + line.file.substr(line.file.rfind('/') + 1) + ':' +
                    std::to_string(line.line) + (line.inlined ? " (inlined)" : ""));
  }
  return texts;
}

std::vector<SourceLine> resolveIn(const std::string& path, std::uint64_t address) {
  Resolver resolver;
  return resolver.resolve(resolver.addModule({.path = path, .displayPath = path, .buildId = {}}), address);
}

}  // namespace heaptap::symbols::test
