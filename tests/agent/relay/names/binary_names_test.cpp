// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/names/binary_names.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/temporary_folder.h"

extern "C" char __executable_start;  // NOLINT: the linker's name for where this program is loaded.
extern "C" int nameToLookUp() { return 7; }

namespace heaptap::relay {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A copy of this very program: a binary with names.
class BinaryNamesTest : public testing::Test {
 protected:
  BinaryNamesTest() { fs::copy_file("/proc/self/exe", m_file); }

  Module module() const { return moduleOf(m_file); }
  static Module moduleOf(const fs::path& path) {
    Module module;
    module.source.path = path;
    module.source.file = BinaryFile::keep(UniqueFd(open(path.c_str(), O_RDONLY | O_CLOEXEC)), {});
    return module;
  }

  heaptap::test::TemporaryFolder m_folder;
  const fs::path m_file = m_folder / "program";
  BinaryNames m_names{{}, 5s};
};

TEST_F(BinaryNamesTest, AreSharedByAllWhoHaveTheFile) {
  const auto one = m_names.of(module());
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(m_names.of(module()), one);
  EXPECT_EQ(m_names.size(), 1U);
}

TEST_F(BinaryNamesTest, OfAChangedFileAreOthers) {
  const auto before = m_names.of(module());
  fs::resize_file(m_file, fs::file_size(m_file) - 1);
  EXPECT_NE(m_names.of(module()), before);
}

TEST_F(BinaryNamesTest, OutliveTheDescriptorOfTheSessionThatBroughtThem) {
  const auto binary = m_names.of(module());
  fs::remove(m_file);  // As an installer does with a program that runs.
  const auto lines =
      binary->at(static_cast<std::uint64_t>(reinterpret_cast<char*>(nameToLookUp) - &__executable_start));
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.back().function, "nameToLookUp");
}

TEST_F(BinaryNamesTest, AreForgottenOnceNobodyUsesThem) {
  auto held = m_names.of(module());
  const auto now = BinaryNames::Clock::now();
  m_names.forgetUnused(now + 1h);
  EXPECT_EQ(m_names.size(), 1U);
  held.reset();
  m_names.forgetUnused(now + 1h + 4s);
  EXPECT_EQ(m_names.size(), 1U);
  m_names.forgetUnused(now + 1h + 6s);
  EXPECT_EQ(m_names.size(), 0U);
}

TEST_F(BinaryNamesTest, AreOfNoMoreBinariesThanAskedFor) {
  BinaryNames names({}, 1h, 2);
  const auto held = names.of(module());
  for (const char* const name : {"1", "2", "3", "4"}) {
    fs::copy_file(m_file, m_folder / name);
    EXPECT_NE(names.of(moduleOf(m_folder / name)), nullptr);
    EXPECT_LE(names.size(), 2U);
  }
  EXPECT_EQ(names.of(module()), held) << "what is in use stays";
}

/// Leaves this process so many descriptors to open.
class FewDescriptors {
 public:
  explicit FewDescriptors(unsigned count) {
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &m_before), 0);
    const UniqueFd next(dup(0));
    const rlimit few{static_cast<rlim_t>(next.get()) + count, m_before.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  }
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &m_before); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit m_before{};
};

TEST_F(BinaryNamesTest, AreThereOnceThereAreDescriptors) {
  const auto binary = m_names.of(module());
  for (const unsigned count : {0U, 1U}) {
    const FewDescriptors few(count);
    EXPECT_EQ(binary->missing(), v1::ModuleNames::MISSING_NO_DESCRIPTOR) << count;
  }
  EXPECT_EQ(binary->missing(), v1::ModuleNames::MISSING_UNSPECIFIED);
  EXPECT_FALSE(
      binary->at(static_cast<std::uint64_t>(reinterpret_cast<char*>(nameToLookUp) - &__executable_start))
          .empty());
}

TEST_F(BinaryNamesTest, AreForgottenWhereOthersNeedTheirDescriptors) {
  auto held = m_names.of(module());
  fs::copy_file(m_file, m_folder / "other");
  EXPECT_NE(m_names.of(moduleOf(m_folder / "other")), nullptr);
  m_names.forgetAllUnused();
  EXPECT_EQ(m_names.size(), 1U);
}

TEST(BinaryFileBudget, LeavesDescriptorsForOtherUses) {
  EXPECT_EQ(BinaryFile::Budget::of(24).all, 0U);
  EXPECT_EQ(BinaryFile::Budget::of(1024).reopenable, 244U);
  EXPECT_EQ(BinaryFile::Budget::of(1024).all, 488U);
}

TEST_F(BinaryNamesTest, AreNotThoseOfAFileThatWasChangedSince) {
  const auto binary = m_names.of(module());
  fs::resize_file(m_file, fs::file_size(m_file) - 1);
  EXPECT_TRUE(binary->at(0x1000).empty());
  EXPECT_EQ(binary->missing(), v1::ModuleNames::MISSING_OTHER_FILE);
}

TEST_F(BinaryNamesTest, SayWhenAFileIsNoBinary) {
  const auto binary = m_names.of(moduleOf(m_folder.write("text", "no ELF file")));
  EXPECT_TRUE(binary->at(0x1000).empty());
  EXPECT_EQ(binary->missing(), v1::ModuleNames::MISSING_UNREADABLE);
}

TEST_F(BinaryNamesTest, AreNoneWithoutAFile) {
  EXPECT_EQ(m_names.of(Module{}), nullptr);
  EXPECT_EQ(m_names.size(), 0U);
}

}  // namespace
}  // namespace heaptap::relay
