// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/uplink/spool.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/agent/relay/temporary_folder.h"

namespace heaptap::relay {
namespace {

std::string message(std::uint64_t number) { return std::string(100, static_cast<char>('a' + number % 26)); }

TEST(Spool, GivesBackWhatWasPutInFromMemoryAndFile) {
  const test::TemporaryFolder folder;
  Spool spool({.directory = folder.path(), .memoryBytes = 350, .totalBytes = 10'000});
  for (std::uint64_t n = 1; n <= 20; ++n) spool.push(message(n));
  EXPECT_EQ(spool.last(), 20U);
  EXPECT_EQ(spool.bytes(), 2000U);
  EXPECT_EQ(spool.bytesInFile(), 1700U);
  for (std::uint64_t n = 20; n >= 1; --n) EXPECT_EQ(*spool.read(n), message(n));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "the file has no name";
}

TEST(Spool, AcknowledgedMessagesMakeRoom) {
  const test::TemporaryFolder folder;
  Spool spool({.directory = folder.path(), .memoryBytes = 100, .totalBytes = 1000});
  std::uint64_t pushed = 0;
  while (spool.hasRoom()) spool.push(message(++pushed));
  EXPECT_EQ(pushed, 10U);
  spool.acknowledge(7);
  EXPECT_EQ(spool.acknowledged(), 7U);
  EXPECT_TRUE(spool.hasRoom());
  EXPECT_EQ(spool.bytes(), 300U);
  while (spool.hasRoom()) spool.push(message(++pushed));
  for (std::uint64_t n = 8; n <= pushed; ++n) EXPECT_EQ(*spool.read(n), message(n));
  spool.acknowledge(pushed);
  EXPECT_EQ(spool.bytes(), 0U);
  EXPECT_EQ(spool.last(), pushed);
}

TEST(Spool, WithoutAFileItKeepsWhatItHasAndAsksForNoMore) {
  Spool spool({.directory = "/nonexistent", .memoryBytes = 250, .totalBytes = 10'000});
  std::uint64_t pushed = 0;
  while (spool.hasRoom()) spool.push(message(++pushed));
  EXPECT_EQ(pushed, 3U);
  for (std::uint64_t n = 1; n <= pushed; ++n) EXPECT_EQ(*spool.read(n), message(n));
  spool.acknowledge(2);
  EXPECT_TRUE(spool.hasRoom());
}

}  // namespace
}  // namespace heaptap::relay
