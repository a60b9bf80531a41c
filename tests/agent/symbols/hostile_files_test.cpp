// SPDX-License-Identifier: Apache-2.0
// Damaged files give fewer names; they never crash or hang.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <random>

#include "tests/agent/symbols/fixture.h"

namespace heaptap::symbols::test {
namespace {

std::string contentsOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class HostileFiles : public testing::TestWithParam<const char*> {
 protected:
  /// Returns how many of the addresses still had a name.
  std::size_t namesIn(const std::string& contents) {
    // A file in memory: some file systems wait for the disk when a file is cut and rewritten.
    const int descriptor = ::memfd_create("mutant", MFD_CLOEXEC);
    EXPECT_EQ(::write(descriptor, contents.data(), contents.size()), static_cast<ssize_t>(contents.size()));
    const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
    Resolver resolver;
    const auto module = resolver.addModule({.path = path, .displayPath = path, .buildId = {}});
    std::size_t named = 0;
    for (const auto address : m_addresses) named += resolver.resolve(module, address).empty() ? 0 : 1;
    // What is read of the code: anything, but it ends.
    for (const auto address : m_addresses) static_cast<void>(resolver.calledBefore(module, address + 4));
    static_cast<void>(resolver.calledByName(module, "main"));
    static_cast<void>(resolver.hasOwnOperators(module));
    ::close(descriptor);
    return named;
  }

  std::string m_original = contentsOf(fixture(GetParam()));
  std::vector<std::uint64_t> m_addresses = [] {
    std::vector<std::uint64_t> starts{0, UINT64_MAX};
    for (const Symbol& symbol : codeSymbols(fixture("shop_dwarf5"))) starts.push_back(symbol.address + 1);
    return starts;
  }();
};

TEST_P(HostileFiles, MayBeCutAnywhere) {
  ASSERT_GT(namesIn(m_original), 5U);
  for (std::size_t length = 0; length < m_original.size(); length += 1 + m_original.size() / 150) {
    EXPECT_LE(namesIn(m_original.substr(0, length)), m_addresses.size()) << length;
  }
}

TEST_P(HostileFiles, MayHaveAnyBytesChanged) {
  std::mt19937 random(20260101);  // The same mutants on every run.
  const auto below = [&random](std::size_t bound) { return random() % bound; };
  for (int mutant = 0; mutant < 400; ++mutant) {
    std::string contents = m_original;
    // Half of them in the headers at both ends, where a byte does the most.
    for (std::size_t change = 1 + below(8); change != 0; --change) {
      std::size_t where = below(contents.size());
      if (mutant % 4 == 1) where = below(1024);
      if (mutant % 4 == 3) where = contents.size() - 1 - below(std::min<std::size_t>(contents.size(), 2560));
      contents[where] = static_cast<char>(below(3) == 0 ? 0xFF : below(256));
    }
    EXPECT_LE(namesIn(contents), m_addresses.size()) << mutant;
  }
}

TEST(HostileNames, OfFunctionsWithinThemselvesEnd) {
  for (const Symbol& symbol : codeSymbols(fixture("knots"))) {
    if (symbol.name != "itself" && symbol.name != "left" && symbol.name != "right") continue;
    const auto lines = resolveIn(fixture("knots"), symbol.address + 1);
    ASSERT_FALSE(lines.empty()) << symbol.name;
    const std::string inner = symbol.name == "itself" ? "inside"
                              : symbol.name == "left" ? "leftmost"
                                                      : "rightmost";
    EXPECT_THAT(lines[0].function, testing::EndsWith(inner));
    EXPECT_LT(lines[0].function.size(), 60U);
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, HostileFiles,
                         testing::Values("shop_dwarf4", "shop_dwarf5", "plain.minidebug", "shop_zstd4",
                                         "shop_zstd5"),
                         [](const auto& test) {
                           return std::string(test.param).substr(0, std::string(test.param).find('.')) +
                                  std::to_string(test.index);
                         });

}  // namespace
}  // namespace heaptap::symbols::test
