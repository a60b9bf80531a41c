// SPDX-License-Identifier: Apache-2.0
// Against binutils, for every address of every function.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/agent/symbols/fixture.h"

namespace heaptap::symbols::test {
namespace {

std::vector<std::uint64_t> codeAddresses(const std::string& path) {
  std::vector<std::uint64_t> addresses;
  for (const Symbol& symbol : codeSymbols(path)) {
    for (std::uint64_t i = 0; i < symbol.size; ++i) addresses.push_back(symbol.address + i);
  }
  return addresses;
}

/// What addr2line says, in the form of Resolver::resolve().
std::map<std::uint64_t, std::vector<SourceLine>> addr2line(const std::string& path,
                                                           const std::vector<std::uint64_t>& addresses) {
  const std::string list = testing::TempDir() + "heaptap-addr2line-" + std::to_string(::getpid());
  {
    std::ofstream file(list);
    for (const auto address : addresses) file << std::hex << address << '\n';
  }
  std::istringstream output(outputOf("addr2line -a -i -f -C -e " + path + " < " + list));
  std::remove(list.c_str());
  std::map<std::uint64_t, std::vector<SourceLine>> answers;
  std::vector<SourceLine>* lines = nullptr;
  for (std::string text; std::getline(output, text);) {
    if (text.starts_with("0x")) {
      if (lines != nullptr && !lines->empty()) lines->back().inlined = false;
      lines = &answers[std::stoull(text, nullptr, 16)];
      continue;
    }
    std::string place;
    std::getline(output, place);
    SourceLine line{.function = text, .file = place.substr(0, place.rfind(':')), .inlined = true};
    // A discriminator may follow the number; "?" stands for zero.
    line.line = static_cast<std::uint32_t>(std::strtoul(place.c_str() + place.rfind(':') + 1, nullptr, 10));
    // It repeats the line of an indirect function's resolver.
    const bool isRepeated = !lines->empty() && lines->back().function == line.function &&
                            lines->back().file == line.file && lines->back().line == line.line;
    if (!isRepeated) lines->push_back(line);
  }
  if (lines != nullptr && !lines->empty()) lines->back().inlined = false;
  return answers;
}

/// Where heaptap differs on purpose: it adds the scopes to functions local to a file, also where addr2line
/// takes the symbol of the function around an inlined one, and leaves out which part or copy of a function
/// it is ("[clone .cold]"). addr2line names the object file where no line is known.
bool isSame(const SourceLine& ours, const SourceLine& theirs, const std::string& owner) {
  const std::string function = theirs.function.substr(0, theirs.function.find(" [clone"));
  const bool sameFunction = ours.function == function || ours.function.ends_with("::" + function) ||
                            ours.function.find("::" + function + '(') != std::string::npos ||
                            (ours.inlined && function == owner);
  const bool samePlace = ours.file == theirs.file && ours.line == theirs.line;
  return sameFunction && (samePlace || (theirs.line == 0 && ours.line == 0 && ours.file.empty()));
}

class AgainstAddr2line : public testing::TestWithParam<const char*> {};

TEST_P(AgainstAddr2line, EveryAddressOfEveryFunctionReadsTheSame) {
  const std::string path = fixture(GetParam());
  const auto addresses = codeAddresses(path);
  ASSERT_GT(addresses.size(), 200U);
  const auto expected = addr2line(path, addresses);
  ASSERT_GT(expected.size(), 200U);

  Resolver resolver;
  const auto module = resolver.addModule({.path = path, .displayPath = path, .buildId = {}});
  std::size_t inlined = 0;
  for (const auto& [address, theirs] : expected) {
    const auto ours = resolver.resolve(module, address);
    ASSERT_EQ(ours.size(), theirs.size())
        << std::hex << address << ' ' << testing::PrintToString(readable(ours))
        << testing::PrintToString(readable(theirs));
    for (std::size_t i = 0; i < ours.size(); ++i) {
      ASSERT_TRUE(isSame(ours[i], theirs[i], ours.back().function))
          << std::hex << address << ": " << readable(ours)[i] << ", addr2line: " << readable(theirs)[i];
      ASSERT_EQ(ours[i].inlined, theirs[i].inlined) << std::hex << address;
      inlined += ours[i].inlined ? 1 : 0;
    }
  }
  EXPECT_GT(inlined, 10U);
}

// DWARF 4 only: with version 5 addr2line 2.40 confuses file numbers and cannot read what clang writes.
INSTANTIATE_TEST_SUITE_P(Fixtures, AgainstAddr2line, testing::Values("shop_dwarf4", "plain_dwarf4"),
                         [](const auto& test) { return std::string(test.param); });

class Dwarf5 : public testing::TestWithParam<const char*> {};

TEST_P(Dwarf5, ReadsLikeDwarf4) {
  // The two are the same code, so that each address must have the same lines.
  const std::string path4 = fixture(GetParam() + std::string("_dwarf4"));
  const std::string path5 = fixture(GetParam() + std::string("_dwarf5"));
  const auto addresses = codeAddresses(path4);
  ASSERT_EQ(addresses, codeAddresses(path5));
  Resolver resolver;
  const auto v4 = resolver.addModule({.path = path4, .displayPath = path4, .buildId = {}});
  const auto v5 = resolver.addModule({.path = path5, .displayPath = path5, .buildId = {}});
  for (const auto address : addresses) {
    ASSERT_EQ(readable(resolver.resolve(v4, address)), readable(resolver.resolve(v5, address)))
        << std::hex << address;
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, Dwarf5, testing::Values("shop", "plain"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace heaptap::symbols::test
