// SPDX-License-Identifier: Apache-2.0
// Debug information in files of its own, and in forms that libdw does not read.
#include "agent/symbols/debug_files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "agent/symbols/debug_compression.h"
#include "agent/symbols/regular_file.h"
#include "tests/agent/symbols/fixture.h"

namespace heaptap::symbols::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DebugFilesOfShop : public testing::Test {
 protected:
  DebugFilesOfShop() { fs::copy(fixture("shop.stripped"), m_program); }

  std::vector<SourceLine> resolve(SearchPlaces places = {}) {
    m_resolver = Resolver(std::move(places));
    m_module =
        m_resolver.addModule({.path = m_program, .displayPath = "/opt/shop/bin/shop", .buildId = m_id});
    return m_resolver.resolve(m_module, m_address);
  }
  LinesMissing missing() { return m_resolver.linesMissing(m_module); }
  void put(const std::string& debugFile, const fs::path& place) {
    fs::create_directories(place.parent_path());
    fs::copy(fixture(debugFile), place, fs::copy_options::overwrite_existing);
  }

  Folder m_folder;
  const fs::path m_program = m_folder.path() / "shop";
  const std::string m_id = buildIdOf(fixture("shop_dwarf5"));
  const fs::path m_byId = fs::path(".build-id") / hex(m_id).insert(2, "/").append(".debug");
  const std::uint64_t m_address = reportedAddresses(fixture("shop_dwarf5")).at("chain");
  Resolver m_resolver;
  Resolver::ModuleHandle m_module = 0;
};

TEST_F(DebugFilesOfShop, AreFoundBelowTheSysroot) {
  put("shop.debug", m_folder.path() / "root/usr/lib/debug" / m_byId);
  EXPECT_THAT(resolve(), IsEmpty());
  EXPECT_THAT(resolve({.sysroot = m_folder.path() / "root"}), SizeIs(3));
}

TEST_F(DebugFilesOfShop, MayBeTheProgramItselfInTheSysroot) {
  put("shop_dwarf5", m_folder.path() / "root/opt/shop/bin/shop");
  EXPECT_THAT(resolve({.sysroot = m_folder.path() / "root"}), SizeIs(3));
  // Another program of the same path is no use.
  put("shop_dwarf4", m_folder.path() / "root/opt/shop/bin/shop");
  EXPECT_THAT(resolve({.sysroot = m_folder.path() / "root"}), IsEmpty());
  EXPECT_EQ(missing(), LinesMissing::OtherDebugFile);
}

TEST_F(DebugFilesOfShop, AreLookedForBehindAStrippedProgramInTheSysroot) {
  put("shop.stripped", m_folder.path() / "root/opt/shop/bin/shop");
  put("shop.debug", m_folder.path() / "root/opt/shop/bin/.debug/shop.debug");
  EXPECT_THAT(resolve({.sysroot = m_folder.path() / "root"}), SizeIs(3));
}

TEST_F(DebugFilesOfShop, AreFoundBesideTheFileThatIsThere) {
  put("shop.debug", m_folder.path() / ".debug/shop.debug");
  EXPECT_THAT(resolve(), SizeIs(3));
}

TEST_F(DebugFilesOfShop, MayBeCompressedWithZstd) {
  put("shop_zstd.debug", m_folder.path() / "debug" / m_byId);
  EXPECT_THAT(resolve({.debugFolders = {m_folder.path() / "debug"}}), SizeIs(3));
}

TEST_F(DebugFilesOfShop, OfAnotherBuildAreSaidAndNotUsed) {
  put("plain_dwarf5", m_folder.path() / "debug" / m_byId);
  EXPECT_THAT(resolve({.debugFolders = {m_folder.path() / "debug"}}), IsEmpty());
  EXPECT_EQ(missing(), LinesMissing::OtherDebugFile);
}

TEST_F(DebugFilesOfShop, AreNotWaitedForAtAFifo) {
  fs::create_directories(m_folder.path() / ".debug");
  ASSERT_EQ(::mkfifo((m_folder.path() / ".debug/shop.debug").c_str(), 0600), 0);
  EXPECT_THAT(resolve(), IsEmpty());
  EXPECT_EQ(missing(), LinesMissing::No);
}

/// What several debug files share (dwz) is named by a path in the binary.
TEST_F(DebugFilesOfShop, ThatAreSharedAreNotWaitedForAtAFifo) {
  const std::string fifo = m_folder.path() / "shared";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  std::ofstream(m_folder.path() / "link") << fifo << '\0' << std::string(20, 'i');
  for (const char* const program : {"shop_dwarf5", "shop_zstd5"}) {
    const std::string linked = m_folder.path() / "linked";
    outputOf("objcopy --add-section .gnu_debugaltlink=" + (m_folder.path() / "link").string() + " " +
             fixture(program) + " " + linked);
    EXPECT_THAT(resolveIn(linked, m_address), SizeIs(3));
  }
}

TEST_F(DebugFilesOfShop, ThatAreDamagedAreSaid) {
  put("shop.debug", m_folder.path() / "debug" / m_byId);
  const std::string path = m_folder.path() / "debug" / m_byId;
  std::ofstream(m_folder.path() / "noise") << std::string(500, '\x7f');
  outputOf("objcopy --update-section .debug_info=" + (m_folder.path() / "noise").string() + " " + path);
  const auto lines = readable(resolve({.debugFolders = {m_folder.path() / "debug"}}));
  EXPECT_THAT(lines, ElementsAre("shop::checkout(int) :0")) << "which is a symbol";
  EXPECT_EQ(missing(), LinesMissing::Damaged);
}

// ---- what decompressing may take ---------------------------------------------------------------------

class ZstdSections : public testing::Test {
 protected:
  UniqueFd copy(const CopyLimits& limits) {
    const std::string path = fixture("shop_zstd5");
    const UniqueFd file = openRegular(path);
    elf_version(EV_CURRENT);
    Elf* const elf = elf_begin(file.get(), ELF_C_READ, nullptr);
    EXPECT_TRUE(hasZstdSections(elf));
    UniqueFd made = copyDecompressed(file, elf, Compressed::WithZstd, limits);
    elf_end(elf);
    return made;
  }
};

TEST_F(ZstdSections, AreReadWithinTheLimits) {
  const UniqueFd made = copy({});
  ASSERT_TRUE(made);
  Elf* const elf = elf_begin(made.get(), ELF_C_READ, nullptr);
  EXPECT_FALSE(hasZstdSections(elf));
  elf_end(elf);
}

TEST_F(ZstdSections, OfMoreThanMayBeUsedAreNotRead) { EXPECT_FALSE(copy({.bytes = 4096})); }

TEST_F(ZstdSections, ThatClaimToGrowTooMuchAreLeftOut) {
  // Of this program's sections each grows to less than four times its size, and more than none.
  const UniqueFd all = copy({});
  const UniqueFd none = copy({.timesCompressed = 0x7FFF'FFFF});
  EXPECT_EQ(sizeOf(all), sizeOf(none));
  const std::uint64_t small = sizeOf(copy({.timesCompressed = 1}));
  EXPECT_LT(small, sizeOf(all));
}

}  // namespace
}  // namespace heaptap::symbols::test
