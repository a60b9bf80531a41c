// SPDX-License-Identifier: Apache-2.0
#include "export/file_sink.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/support/temporary_folder.h"

namespace heaptap::exporting {
namespace {

namespace fs = std::filesystem;
using heaptap::test::readFile;

std::size_t filesIn(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(FileSink, AFileIsReplacedWhenAllIsWritten) {
  const heaptap::test::TemporaryFolder folder;
  folder.write("a.txt", "old");
  {
    auto sink = FileSink::create(folder / "a.txt");
    ASSERT_TRUE(sink);
    (*sink)->write("new");
    EXPECT_EQ(readFile(folder / "a.txt"), "old");
    EXPECT_EQ(filesIn(folder.path()), 1U) << "a process that is killed now leaves nothing";
    EXPECT_TRUE((*sink)->finish());
  }
  EXPECT_EQ(readFile(folder / "a.txt"), "new");
  {
    auto sink = FileSink::create(folder / "a.txt");
    ASSERT_TRUE(sink);
    (*sink)->write("half");
  }
  EXPECT_EQ(readFile(folder / "a.txt"), "new") << "it was not finished";
  EXPECT_EQ(filesIn(folder.path()), 1U) << "nothing is left beside it";
}

TEST(FileSink, ASessionIsNeverReplaced) {
  const heaptap::test::TemporaryFolder folder;
  const std::string session = std::string("SQLite format 3\0", 16) + "whatever follows";
  folder.write("app.heaptap", session);
  fs::create_symlink("app.heaptap", folder / "link");
  for (const char* name : {"app.heaptap", "link"}) {
    const auto sink = FileSink::create(folder / name);
    ASSERT_FALSE(sink) << name;
    EXPECT_EQ(sink.error().code, Code::AlreadyExists);
  }
  EXPECT_EQ(readFile(folder / "app.heaptap"), session);
}

TEST(FileSink, AFileKeepsItsModeAndALinkItsTarget) {
  const heaptap::test::TemporaryFolder folder;
  folder.write("real.txt", "old");
  ASSERT_EQ(chmod((folder / "real.txt").c_str(), 0640), 0);
  fs::create_symlink("real.txt", folder / "link.txt");
  auto sink = FileSink::create(folder / "link.txt");
  ASSERT_TRUE(sink);
  (*sink)->write("new");
  ASSERT_TRUE((*sink)->finish());
  EXPECT_TRUE(fs::is_symlink(folder / "link.txt"));
  EXPECT_EQ(readFile(folder / "real.txt"), "new");
  EXPECT_EQ(static_cast<unsigned>(fs::status(folder / "real.txt").permissions()), 0640U);
}

TEST(FileSink, AFullDiskIsSaid) {
  auto sink = FileSink::create("/dev/full");
  ASSERT_TRUE(sink);
  (*sink)->write("x");
  EXPECT_TRUE((*sink)->hasFailed());
  const auto finished = (*sink)->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, Code::StorageFull);
  EXPECT_TRUE(fs::is_character_file("/dev/full")) << "it was not replaced";
}

TEST(FileSink, APlaceThatIsNoneIsSaid) {
  const heaptap::test::TemporaryFolder folder;
  const auto missing = FileSink::create(folder / "no/such/a.txt");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::NotFound);
  const auto isFolder = FileSink::create(folder.path());
  ASSERT_FALSE(isFolder);
  EXPECT_EQ(isFolder.error().code, Code::NotWritable);
}

}  // namespace
}  // namespace heaptap::exporting
