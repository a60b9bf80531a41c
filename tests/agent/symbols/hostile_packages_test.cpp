// SPDX-License-Identifier: Apache-2.0
// Damaged packages and .dwo files of split DWARF give fewer lines; they never crash or hang.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/agent/symbols/fixture.h"

namespace heaptap::symbols::test {
namespace {

namespace fs = std::filesystem;

std::string wholeFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder with a program, and one of: its package, or its .dwo file.
class HostilePackages : public testing::TestWithParam<std::tuple<const char*, const char*>> {
 protected:
  void SetUp() override {
    ASSERT_FALSE(m_original.empty())
        << "the compiler or its packer is missing: install clang, llvm and binutils";
    fs::copy(m_fixture / "shop", m_program);
    for (const Symbol& symbol : codeSymbols(m_program)) m_addresses.push_back(symbol.address + 1);
  }

  /// Returns how many of the addresses are in inlined code.
  std::size_t inlinedIn(const std::string& contents) {
    std::ofstream(m_folder.path() / fs::path(m_part).filename(), std::ios::binary | std::ios::trunc)
        << contents;
    Resolver resolver;
    const auto module = resolver.addModule({.path = m_program, .displayPath = m_program, .buildId = {}});
    static_cast<void>(resolver.searchedLines(module));
    std::size_t inlined = 0;
    for (const auto address : m_addresses)
      for (std::uint64_t at = 0; at < 40; at += 8)
        inlined += resolver.resolve(module, address + at).size() > 1 ? 1 : 0;
    return inlined;
  }

  Folder m_folder;
  const fs::path m_fixture = fixture(std::get<0>(GetParam()));
  const fs::path m_part = std::get<1>(GetParam());  ///< In the fixture.
  const fs::path m_program = m_folder.path() / "shop";
  const std::string m_original = wholeFile(m_fixture / m_part);
  std::vector<std::uint64_t> m_addresses;
};

TEST_P(HostilePackages, MayBeCutAnywhere) {
  const std::size_t all = inlinedIn(m_original);
  ASSERT_GT(all, 0U);
  for (std::size_t length = 0; length < m_original.size(); length += 1 + m_original.size() / 80)
    EXPECT_LE(inlinedIn(m_original.substr(0, length)), all) << length;
}

TEST_P(HostilePackages, MayHaveAnyBytesChanged) {
  std::mt19937 random(20261129);  // The same mutants on every run.
  const auto below = [&random](std::size_t bound) { return random() % bound; };
  const std::size_t most = m_addresses.size() * 5;
  for (int mutant = 0; mutant < 300; ++mutant) {
    std::string contents = m_original;
    for (std::size_t change = 1 + below(8); change != 0; --change) {
      // The index and the section headers are at the end.
      const std::size_t where =
          mutant % 2 == 0 ? below(contents.size())
                          : contents.size() - 1 - below(std::min<std::size_t>(contents.size(), 1400));
      contents[where] = static_cast<char>(below(3) == 0 ? 0xFF : below(256));
    }
    EXPECT_LE(inlinedIn(contents), most) << mutant;
  }
}

INSTANTIATE_TEST_SUITE_P(Shops, HostilePackages,
                         testing::Combine(testing::Values("packed_gcc4", "packed_clang4", "packed_clang5"),
                                          testing::Values("shop.dwp", "loose/shop.dwo")),
                         [](const auto& test) {
                           const std::string part = std::get<1>(test.param);
                           return std::string(std::get<0>(test.param)) + "_" + part.substr(part.size() - 3);
                         });

}  // namespace
}  // namespace heaptap::symbols::test
