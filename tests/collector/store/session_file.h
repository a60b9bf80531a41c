// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/collector/store/session_under_test.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::store {

/// A file that a session is recorded into, and a program to be recorded.
class SessionFile : public testing::Test {
 protected:
  std::int64_t number(const std::string& sql) {
    auto database = Database::open(file, Database::Mode::ReadOnly);
    return database.value().number(sql).value();
  }
  bool exists(const std::string& suffix) { return std::filesystem::exists(file.string() + suffix); }

  test::TemporaryFolder folder;
  const std::filesystem::path file = folder / "program.4711.heaptap";
  test::RecordedProgram program;
};

}  // namespace heaptap::store
