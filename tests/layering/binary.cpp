// SPDX-License-Identifier: Apache-2.0
#include "tests/layering/binary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/support/child_process.h"

namespace heaptap::layering {

/// The output, each line as its words.
std::vector<std::vector<std::string>> Binary::readelf(const std::string& option) const {
  const auto outcome = test::runProcess({.argv = {"readelf", "--wide", option, m_path}});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::vector<std::vector<std::string>> lines;
  std::istringstream output(outcome.out);
  for (std::string text; std::getline(output, text);) {
    std::istringstream fields(text);
    lines.emplace_back();
    for (std::string word; fields >> word;) lines.back().push_back(word);
  }
  EXPECT_FALSE(lines.empty()) << "readelf says nothing about " << m_path;
  return lines;
}

namespace {

/// "[libc.so.6]" without its brackets.
std::string unbracketed(const std::string& word) { return word.substr(1, word.size() - 2); }

}  // namespace

std::set<std::string> Binary::needed() const {
  std::set<std::string> libraries;
  for (const auto& words : readelf("--dynamic")) {
    if (words.size() > 2 && words[1] == "(NEEDED)") libraries.insert(unbracketed(words.back()));
  }
  return libraries;
}

std::string Binary::soname() const {
  for (const auto& words : readelf("--dynamic")) {
    if (words.size() > 2 && words[1] == "(SONAME)") return unbracketed(words.back());
  }
  return {};
}

std::vector<Binary::VersionNeed> Binary::versionNeeds() const {
  std::vector<VersionNeed> needs;
  bool inNeeds = false;
  for (const auto& words : readelf("--version-info")) {
    if (words.size() > 2 && words[0] == "Version") inNeeds = words[1] == "needs";
    // 0x0010:   Name: GLIBC_2.17  Flags: WEAK  Version: 3
    if (inNeeds && words.size() > 4 && words[1] == "Name:") needs.push_back({words[2], words[4] == "WEAK"});
  }
  return needs;
}

std::set<std::string> Binary::exports() const {
  std::set<std::string> names;
  for (const auto& words : readelf("--dyn-syms")) {
    // Num: Value Size Type Bind Vis Ndx Name
    if (words.size() < 8 || words[4] == "LOCAL" || words[6] == "UND" || words[4] == "Bind") continue;
    names.insert(words[7].substr(0, words[7].find('@')));
  }
  return names;
}

std::set<std::string> Binary::imports() const {
  std::set<std::string> names;
  for (const auto& words : readelf("--dyn-syms"))
    if (words.size() > 7 && words[6] == "UND") names.insert(words[7].substr(0, words[7].find('@')));
  return names;
}

std::set<std::string> Binary::relocations() const {
  std::set<std::string> types;
  for (const auto& words : readelf("--relocs"))
    if (words.size() > 2 && words[2].starts_with("R_")) types.insert(words[2]);
  return types;
}

std::set<std::string> Binary::flags() const {
  std::set<std::string> flags;
  for (const auto& words : readelf("--dynamic"))
    if (words.size() > 2 && words[1] == "(FLAGS_1)") flags.insert(words.begin() + 2, words.end());
  return flags;
}

std::set<std::string> Binary::properties() const {
  std::set<std::string> names;
  for (const auto& words : readelf("--notes"))
    for (auto word = std::find(words.begin(), words.end(), "Properties:"); word != words.end(); ++word)
      names.insert(word->substr(0, word->find(',')));
  return names;
}

std::uint64_t Binary::tlsBytes() const {
  for (const auto& words : readelf("--segments")) {
    // Type Offset VirtAddr PhysAddr FileSiz MemSiz …
    if (words.size() > 6 && words[0] == "TLS") return std::stoull(words[5], nullptr, 16);
  }
  return 0;
}

std::uint64_t Binary::loadedBytes() const {
  std::uint64_t bytes = 0;
  for (const auto& words : readelf("--segments"))
    if (words.size() > 6 && words[0] == "LOAD") bytes += std::stoull(words[4], nullptr, 16);
  return bytes;
}

std::set<std::string> Binary::functionsWith(const std::string& instruction) const {
  const auto outcome =
      test::runProcess({.argv = {"objdump", "--disassemble", "--demangle", "--no-show-raw-insn", m_path}});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::set<std::string> functions;
  std::istringstream output(outcome.out);
  std::string function;
  for (std::string line; std::getline(output, line);) {
    if (line.ends_with(">:")) {  // 0000000000026710 <NAME>:
      const std::size_t begin = line.find('<') + 1;
      function = line.substr(begin, line.size() - begin - 2);
    } else if (const std::size_t tab = line.find('\t');
               tab != std::string::npos && line.compare(tab + 1, instruction.size(), instruction) == 0) {
      functions.insert(function);  //   19e96:	INSTRUCTION OPERANDS
    }
  }
  EXPECT_FALSE(function.empty()) << "objdump says nothing about " << m_path;
  return functions;
}

}  // namespace heaptap::layering
