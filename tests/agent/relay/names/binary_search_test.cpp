// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/names/binary_search.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "agent/relay/target/mapping_line.h"
#include "agent/symbols/build_id.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::relay {
namespace {

namespace fs = std::filesystem;
using Names = v1::ModuleNames;

/// A library's file, and what a target says that has loaded it. This process plays the target.
class BinarySearchTest : public testing::Test {
 protected:
  BinarySearchTest() : m_path(copy("it.so")) {
    m_claim.loaderPath = m_claim.filePath = m_path;
    m_claim.file = identityOf(opened(m_path));
    m_claim.start = 0x1000;
    m_claim.end = 0x2000;
    m_claim.firstPage = pageOf(m_path);
  }
  std::string copy(const char* name) const {
    fs::copy_file("/proc/self/exe", m_folder / name);
    return m_folder / name;
  }
  static UniqueFd opened(const std::string& path) {
    return UniqueFd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  }
  static std::uint64_t pageOf(const std::string& path) {
    unsigned char page[wire::kPage] = {};
    EXPECT_GT(pread(opened(path).get(), page, sizeof page, 0), 0);
    return wire::pageDigest(page);
  }
  BinarySource find() const { return findAs(m_process, m_claim); }
  static BinarySource findAs(const TargetProcess& process, const BinaryClaim& claim) {
    ProcessMappings mappings(process);
    return findBinary(claim, mappings, 1 << 20);
  }
  /// Another file, that begins alike, takes the path.
  void replace() const { fs::rename(copy("other.so"), m_path); }

  heaptap::test::TemporaryFolder m_folder;
  const TargetProcess m_process = TargetProcess::open(getpid(), static_cast<std::uint32_t>(getpid())).value();
  const std::string m_path;
  BinaryClaim m_claim;
};

TEST_F(BinarySearchTest, FindsTheFileThatTheTargetHasSeen) {
  const BinarySource found = find();
  ASSERT_NE(found.file, nullptr);
  EXPECT_EQ(found.file->identity(), m_claim.file);
  EXPECT_EQ(found.missing, Names::MISSING_UNSPECIFIED);
  EXPECT_EQ(found.path, m_path);
  EXPECT_EQ(find().file, found.file) << "one descriptor for all";
}

TEST_F(BinarySearchTest, TakesThePathOfTheKernelWhereTheLoadersIsRelative) {
  m_claim.loaderPath = "./it.so";
  const BinarySource found = find();
  EXPECT_NE(found.file, nullptr);
  EXPECT_EQ(found.path, m_path);
}

TEST_F(BinarySearchTest, TakesNoOtherFileOfThatPath) {
  replace();
  const BinarySource found = find();
  EXPECT_EQ(found.file, nullptr);
  EXPECT_EQ(found.image, nullptr);
  EXPECT_EQ(found.missing, Names::MISSING_OTHER_FILE);
}

TEST_F(BinarySearchTest, TakesNoFileThatWasChangedSince) {
  fs::last_write_time(m_path, fs::last_write_time(m_path) - std::chrono::hours(1));
  EXPECT_EQ(find().missing, Names::MISSING_OTHER_FILE);
}

TEST_F(BinarySearchTest, TakesACopyWithTheBuildId) {
  m_claim.buildId = symbols::buildIdOf(opened(m_path).get());
  ASSERT_FALSE(m_claim.buildId.empty());
  replace();
  EXPECT_NE(find().file, nullptr);
}

TEST_F(BinarySearchTest, TakesNoFileWithThatBuildIdThatBeginsOtherwise) {
  m_claim.buildId = symbols::buildIdOf(opened(m_path).get());
  m_claim.firstPage ^= 2;
  replace();
  EXPECT_EQ(find().missing, Names::MISSING_OTHER_FILE);
}

TEST_F(BinarySearchTest, TakesACopyOfTheSameTimeWhereFilesWereCopied) {
  const auto modified = fs::last_write_time(m_path);
  replace();
  const auto elsewhere = TargetProcess::recorded({}, "/usr/..").value();
  EXPECT_EQ(findAs(elsewhere, m_claim).missing, Names::MISSING_OTHER_FILE);
  fs::last_write_time(m_path, modified);
  EXPECT_NE(findAs(elsewhere, m_claim).file, nullptr);
  EXPECT_EQ(find().missing, Names::MISSING_OTHER_FILE) << "of a process that runs here";
}

TEST_F(BinarySearchTest, SaysThatTheFileIsGone) {
  fs::remove(m_path);
  EXPECT_EQ(find().missing, Names::MISSING_FILE_GONE);
}

TEST_F(BinarySearchTest, TrustsNoPathAlone) {
  m_claim.file = {};
  EXPECT_EQ(find().file, nullptr);
}

TEST_F(BinarySearchTest, SaysThatItDoesNotKnowTheFile) {
  m_claim = {};
  m_claim.loaderPath = "it.so";
  EXPECT_EQ(find().missing, Names::MISSING_FILE_UNKNOWN);
}

TEST_F(BinarySearchTest, AsksTheKernelWhereTheTargetCouldNot) {
  std::uint64_t start = 0;
  const std::string maps = m_process.mappings();
  const auto mine = reinterpret_cast<std::uintptr_t>(&findBinary);
  // The first mapping of this very program.
  const auto code = mappingAt(maps, mine);
  ASSERT_TRUE(code);
  for (std::size_t at = 0; at < maps.size() && start == 0; at = maps.find('\n', at) + 1)
    if (const auto line = MappingLine::parse(std::string_view(maps).substr(at, maps.find('\n', at) - at));
        line && line->inode == code->inode)
      start = line->start;
  BinaryClaim claim;
  claim.start = start;
  claim.end = code->end;
  const BinarySource found = findAs(m_process, claim);
  ASSERT_NE(found.file, nullptr);
  EXPECT_EQ(found.file->identity().inode, code->inode);
  EXPECT_EQ(found.path, code->path);
}

}  // namespace
}  // namespace heaptap::relay
