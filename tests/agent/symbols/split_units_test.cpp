// SPDX-License-Identifier: Apache-2.0
// Split DWARF: .dwo files and the packages that they are put into.
#include "agent/symbols/split_units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/agent/symbols/fixture.h"

namespace heaptap::symbols::test {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

/// A program with its package, and nothing else beside it. Its .dwo file is not where it was compiled.
class PackedUnits : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fs::exists(m_fixture / "shop.dwp"))
        << "the compiler or its packer is missing: install clang, llvm and binutils";
    fs::copy(m_fixture / "shop", m_program);
  }
  void addPackage(const fs::path& as) {
    fs::create_directories(as.parent_path());
    fs::copy(m_fixture / "shop.dwp", as);
  }
  void addLooseFile() { fs::copy(m_fixture / "loose" / "shop.dwo", m_folder.path() / "shop.dwo"); }

  struct Answer {
    std::vector<std::vector<std::string>> lines;  ///< For each address in the program's own functions.
    std::size_t inlined = 0;
    LinesMissing searched{};
    LinesMissing missing{};
  };
  Answer ask(SearchPlaces places = {}) {
    Resolver resolver(std::move(places));
    const auto module = resolver.addModule({.path = m_program, .displayPath = m_program, .buildId = {}});
    Answer answer;
    answer.searched = resolver.searchedLines(module);
    for (const Symbol& symbol : codeSymbols(m_program)) {
      if (symbol.name.find("shop") == std::string::npos && symbol.name != "main") continue;
      for (std::uint64_t at = 0; at < symbol.size; ++at) {
        answer.lines.push_back(readable(resolver.resolve(module, symbol.address + at)));
        answer.inlined += answer.lines.back().size() > 1 ? 1 : 0;
      }
    }
    answer.missing = resolver.linesMissing(module);
    return answer;
  }

  Folder m_folder;
  const fs::path m_fixture = fixture(GetParam());
  const fs::path m_program = m_folder.path() / "shop";
};

TEST_P(PackedUnits, SayWhatTheirLooseFilesSay) {
  addLooseFile();
  const Answer loose = ask();
  ASSERT_GT(loose.inlined, 10U);
  fs::remove(m_folder.path() / "shop.dwo");

  addPackage(m_program.string() + ".dwp");
  const Answer packed = ask();
  EXPECT_EQ(packed.lines, loose.lines);
  EXPECT_EQ(packed.searched, LinesMissing::No);
  EXPECT_EQ(packed.missing, LinesMissing::No);
}

TEST_P(PackedUnits, AreFoundBelowDebugFoldersAndTheSysroot) {
  addPackage(m_folder.path() / "debug" / (m_program.string().substr(1) + ".dwp"));
  EXPECT_EQ(ask().inlined, 0U);
  EXPECT_GT(ask({.debugFolders = {m_folder.path() / "debug"}}).inlined, 10U);
  EXPECT_GT(ask({.sysroot = m_folder.path() / "debug"}).inlined, 10U);
  fs::remove_all(m_folder.path() / "debug");
  addPackage(m_folder.path() / "debug" / ".build-id" /
             hex(buildIdOf(m_program)).insert(2, "/").append(".dwp"));
  EXPECT_GT(ask({.debugFolders = {m_folder.path() / "debug"}}).inlined, 10U);
}

TEST_P(PackedUnits, MayBeCompressed) {
  addPackage(m_program.string() + ".dwp");
  const Answer plain = ask();
  for (const char* const how : {"zlib", "zstd"}) {
    outputOf("objcopy --compress-debug-sections=" + std::string(how) + " " +
             (m_fixture / "shop.dwp").string() + " " + m_program.string() + ".dwp");
    EXPECT_EQ(ask().lines, plain.lines) << how;
  }
}

TEST_P(PackedUnits, LooseOnesMayBeCompressed) {
  addLooseFile();
  const Answer plain = ask();
  for (const char* const how : {"zlib", "zstd"}) {
    outputOf("objcopy --compress-debug-sections=" + std::string(how) + " " +
             (m_fixture / "loose" / "shop.dwo").string() + " " + (m_folder.path() / "shop.dwo").string());
    EXPECT_EQ(ask().lines, plain.lines) << how;
  }
}

TEST_P(PackedUnits, ThatAreNowhereAreSaidToBeMissing) {
  const Answer answer = ask();
  EXPECT_EQ(answer.inlined, 0U);
  EXPECT_EQ(answer.searched, LinesMissing::SplitFiles);
  EXPECT_EQ(answer.missing, LinesMissing::SplitFiles);
}

TEST_P(PackedUnits, OfAnotherBuildAreNotUsed) {
  for (const char* const other : {"packed_gcc4", "packed_clang4", "packed_clang5"}) {
    if (std::string(other) == GetParam()) continue;
    fs::copy(fixture(other) + "/loose/shop.dwo", m_folder.path() / "shop.dwo",
             fs::copy_options::overwrite_existing);
    fs::copy(fixture(other) + "/shop.dwp", m_program.string() + ".dwp", fs::copy_options::overwrite_existing);
    EXPECT_EQ(ask().inlined, 0U) << other;
    EXPECT_EQ(ask().missing, LinesMissing::SplitFiles) << other;
  }
}

TEST_P(PackedUnits, AreNotWaitedForAtAFifo) {
  ASSERT_EQ(::mkfifo((m_program.string() + ".dwp").c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo((m_folder.path() / "shop.dwo").c_str(), 0600), 0);
  EXPECT_EQ(ask().missing, LinesMissing::SplitFiles);
}

INSTANTIATE_TEST_SUITE_P(Shops, PackedUnits,
                         testing::Values("packed_gcc4", "packed_clang4", "packed_clang5",
                                         "packed_gcc4_types"),
                         [](const auto& test) { return std::string(test.param); });

/// The same code, of which types are described in units of their own (-fdebug-types-section).
class TypeUnits : public PackedUnits {};

TEST_P(TypeUnits, ChangeNoNameLineOrInlinedCall) {
  addPackage(m_program.string() + ".dwp");
  const Answer apart = ask();
  ASSERT_GT(apart.inlined, 10U);
  EXPECT_EQ(apart.missing, LinesMissing::No);
  const fs::path together =
      fixture(std::string(GetParam()).substr(0, std::string(GetParam()).find("_types")));
  for (const char* const file : {"shop", "shop.dwp"})
    fs::copy(together / file, m_folder.path() / file, fs::copy_options::overwrite_existing);
  EXPECT_EQ(apart.lines, ask().lines);
}

INSTANTIATE_TEST_SUITE_P(Shops, TypeUnits,
                         testing::Values("packed_gcc4_types", "packed_clang4_types", "packed_clang5_types"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace heaptap::symbols::test
