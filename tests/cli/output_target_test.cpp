// SPDX-License-Identifier: Apache-2.0
#include "cli/run/output_target.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace heaptap::cli {
namespace {

Code refusal(const Result<void>& result) { return result ? Code::Internal : result.error().code; }

TEST(OutputTarget, ANewFileInAWritableFolderIsFine) {
  const test::TemporaryFolder folder;
  EXPECT_TRUE(checkOutput(folder / "new.heaptap", false));
}

TEST(OutputTarget, AnExistingFileIsReplacedOnlyByForce) {
  const test::TemporaryFolder folder;
  const auto file = folder.write("old.heaptap", "old");
  EXPECT_EQ(refusal(checkOutput(file, false)), Code::AlreadyExists);
  EXPECT_TRUE(checkOutput(file, true));
  EXPECT_EQ(test::readFile(file), "old");
}

TEST(OutputTarget, WhatCannotBeWrittenIsRefused) {
  const test::TemporaryFolder folder;
  folder.write("file", "");
  EXPECT_EQ(refusal(checkOutput(folder / "missing/new.heaptap", false)), Code::NotWritable);
  EXPECT_EQ(refusal(checkOutput(folder / "file/new.heaptap", false)), Code::NotWritable);
  EXPECT_EQ(refusal(checkOutput(folder.path(), true)), Code::NotWritable);
  EXPECT_EQ(refusal(checkOutput(folder.path() / "", true)), Code::NotWritable);
  EXPECT_EQ(refusal(checkOutput("/dev/null", true)), Code::NotWritable);
}

}  // namespace
}  // namespace heaptap::cli
