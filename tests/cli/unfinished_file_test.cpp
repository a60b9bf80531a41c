// SPDX-License-Identifier: Apache-2.0
#include "cli/unfinished_file.h"

#include <gtest/gtest.h>

#include <csignal>

#include "tests/support/temporary_folder.h"

namespace heaptap::cli {
namespace {

namespace fs = std::filesystem;

TEST(UnfinishedFileDeathTest, IsRemovedByASignalThatEndsTheProcess) {
  const test::TemporaryFolder folder;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXFSZ}) {
    EXPECT_EXIT(
        {
          const UnfinishedFile unfinished(folder / "a", UnfinishedFile::Owner::Unknown);
          folder.write("a", "half");
          folder.write("a-wal", "half");
          raise(signal);
        },
        testing::KilledBySignal(signal), "");
    EXPECT_TRUE(fs::is_empty(folder.path())) << signal;
  }
}

TEST(UnfinishedFileDeathTest, WhatWasThereBeforeStays) {
  const test::TemporaryFolder folder;
  folder.write("a", "somebody's");
  EXPECT_EXIT(
      {
        const UnfinishedFile unfinished(folder / "a", UnfinishedFile::Owner::Unknown);
        raise(SIGTERM);
      },
      testing::KilledBySignal(SIGTERM), "");
  EXPECT_EQ(test::readFile(folder / "a"), "somebody's");
  // One that this process has made has no earlier owner.
  EXPECT_EXIT(
      {
        const UnfinishedFile unfinished(folder / "a", UnfinishedFile::Owner::This);
        raise(SIGTERM);
      },
      testing::KilledBySignal(SIGTERM), "");
  EXPECT_FALSE(fs::exists(folder / "a"));
}

TEST(UnfinishedFileDeathTest, IsLeftAloneOnceItIsFinishedOrTheSignalIsIgnored) {
  const test::TemporaryFolder folder;
  EXPECT_EXIT(
      {
        { const UnfinishedFile unfinished(folder / "a", UnfinishedFile::Owner::This); }
        folder.write("a", "whole");
        raise(SIGTERM);
      },
      testing::KilledBySignal(SIGTERM), "");
  EXPECT_EQ(test::readFile(folder / "a"), "whole");
  EXPECT_EXIT(
      {
        std::signal(SIGHUP, SIG_IGN);
        const UnfinishedFile unfinished(folder / "a", UnfinishedFile::Owner::This);
        raise(SIGHUP);
        std::_Exit(fs::exists(folder / "a") ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace heaptap::cli
