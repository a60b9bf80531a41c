// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/target/mapping_line.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "tests/support/temporary_folder.h"

namespace heaptap::relay {
namespace {

TEST(MappingLine, HasAllFields) {
  const auto line = MappingLine::parse(
      "7f10a000-7f10b000 r-xp 00002000 fd:01 1234567                    /tmp/a b\\012c.so (deleted)");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->start, 0x7f10a000U);
  EXPECT_EQ(line->end, 0x7f10b000U);
  EXPECT_EQ(line->offset, 0x2000U);
  EXPECT_EQ(line->device, makedev(0xfd, 1));
  EXPECT_EQ(line->inode, 1234567U);
  EXPECT_EQ(line->path, "/tmp/a b\nc.so (deleted)");
}

TEST(MappingLine, MayHaveNoPath) {
  const auto line = MappingLine::parse("7f10a000-7f10b000 rw-p 00000000 00:00 0 ");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->inode, 0U);
  EXPECT_EQ(line->path, "");
}

TEST(MappingLine, IsNoneWhereItIsDamaged) {
  for (const char* const text : {"", "7f10a000", "7f10a000-", "zz-7f10b000 r-xp 0 fd:01 1 /a",
                                 "7f10b000-7f10a000 r-xp 00000000 fd:01 1 /a", "7f10a000-7f10b000 r-xp",
                                 "7f10a000-7f10b000 r-xp 00000000 fd:01", "1-2 r-xp 0 fd:1 x /a"})
    EXPECT_FALSE(MappingLine::parse(text)) << text;
}

TEST(MappingLine, OfThisProgramsCodeNamesItsFile) {
  const auto address = reinterpret_cast<std::uintptr_t>(&MappingLine::parse);
  const auto line = mappingAt(heaptap::test::readFile("/proc/self/maps"), address);
  ASSERT_TRUE(line);
  struct stat file {};
  ASSERT_EQ(stat("/proc/self/exe", &file), 0);
  EXPECT_EQ(line->inode, file.st_ino);
  EXPECT_FALSE(mappingAt(heaptap::test::readFile("/proc/self/maps"), 1));
  EXPECT_FALSE(mappingAt("", address));
}

}  // namespace
}  // namespace heaptap::relay
