// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "collector/store/session_reader.h"
#include "tests/collector/counted_messages.h"
#include "tests/collector/store/session_under_test.h"
#include "tests/fuzz/subject.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::fuzz {

/// A sound session in a file of its own.
class SeedFile {
 public:
  SeedFile(int batches, bool isFinished) {
    test::RecordedProgram program;
    const auto messages = test::counted(program.hello(), store::busyProgram(program, batches, 300, 1));
    auto session = store::SessionUnderTest::create(path(), program.hello()).value();
    for (const auto& message : messages) EXPECT_TRUE(session.take(message));
    if (isFinished) {
      EXPECT_TRUE(session.finish());
    }
  }
  [[nodiscard]] std::filesystem::path path() const { return m_folder / "seed.heaptap"; }

 private:
  test::TemporaryFolder m_folder;
};

/// The bytes of one.
[[nodiscard]] inline Bytes fileOf(int batches, bool isFinished) {
  const SeedFile file(batches, isFinished);
  const std::string text = test::readFile(file.path());
  return {text.begin(), text.end()};
}

}  // namespace heaptap::fuzz
