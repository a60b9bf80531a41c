// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "collector/store/schema.h"
#include "tests/collector/store/session_under_test.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::store {
namespace {

class HostileFile : public testing::Test {
 protected:
  HostileFile() {
    test::RecordedProgram program;
    const auto messages = busyProgram(program, 3);
    auto session = SessionUnderTest::create(file, program.hello()).value();
    for (const auto& message : messages) EXPECT_TRUE(session.take(message));
    EXPECT_TRUE(session.finish());
  }
  Error errorOf(const std::filesystem::path& path) {
    auto loaded = SessionReader::open(path).and_then([](SessionReader reader) { return reader.load(); });
    return loaded ? Error{} : loaded.error();
  }
  void change(const std::string& sql) {
    auto database = Database::open(file, Database::Mode::ReadWrite).value();
    const auto changed = database.run(sql);
    ASSERT_TRUE(changed) << changed.error().line();
  }
  test::TemporaryFolder folder;
  const std::filesystem::path file = folder / "session.heaptap";
};

TEST_F(HostileFile, whatIsNotThereIsNotFound) { EXPECT_EQ(errorOf(folder / "missing").code, Code::NotFound); }

TEST_F(HostileFile, anotherKindOfFileIsNotASession) {
  std::ofstream(folder / "text") << std::string(5000, 'x');
  std::ofstream(folder / "empty") << "";
  auto other = Database::open(folder / "other.sqlite", Database::Mode::Create).value();
  ASSERT_TRUE(other.run("CREATE TABLE t (x)"));
  for (const char* name : {"text", "empty", "other.sqlite"}) {
    const Error error = errorOf(folder / name);
    EXPECT_EQ(error.code, Code::NotASession) << name;
    EXPECT_EQ(error.line(), (folder / name).string() + ": not a heaptap session");
  }
  EXPECT_EQ(errorOf(folder.path()).code, Code::NotASession);
}

TEST_F(HostileFile, aNewerMajorFormatIsRefusedAndNamed) {
  change("PRAGMA user_version = " + std::to_string(kSchemaVersion / kMinorVersions * kMinorVersions + 1007));
  const Error error = errorOf(file);
  EXPECT_EQ(error.code, Code::SchemaTooNew);
  EXPECT_EQ(error.line(), file.string() + ": format " + std::to_string(kSchemaMajor + 1) +
                              ".7, this build reads up to " + std::to_string(kSchemaMajor) +
                              ".x; use a newer heaptap");
}

TEST_F(HostileFile, aFormatFromBeforeTheFirstIsRefused) {
  for (const char* version : {"1", "6", "7", "999"}) {
    change(std::string("PRAGMA user_version = ") + version);
    const Error error = errorOf(file);
    EXPECT_EQ(error.code, Code::SchemaTooNew);
    EXPECT_EQ(error.line(), file.string() +
                                ": of a heaptap from before format 1, which this build does not read; "
                                "record anew");
  }
}

TEST_F(HostileFile, ofAnOlderMajorFormatBecomesOneOfThisBuildWhenItGoesOn) {
  change("PRAGMA user_version = 1000; UPDATE recording SET finished = 0, end_kind = NULL");
  const auto versionNow = [this] {
    return Database::open(file, Database::Mode::ReadWrite).value().number("PRAGMA user_version").value();
  };
  load(file);
  EXPECT_EQ(versionNow(), 1000) << "reading changes nothing";
  ASSERT_TRUE(SessionWriter::resume(file, {}));
  EXPECT_EQ(versionNow(), kSchemaVersion);
}

TEST_F(HostileFile, ofANewerMinorFormatWhatIsKnownIsReadButNotWritten) {
  const auto expected = load(file).builder.record().model.totals();
  change("PRAGMA user_version = " + std::to_string(kSchemaVersion + 3));
  change(
      "CREATE TABLE weather (degrees INTEGER); ALTER TABLE recording ADD COLUMN moon TEXT; "
      "ALTER TABLE session ADD COLUMN mood TEXT; ALTER TABLE module ADD COLUMN colour INTEGER DEFAULT 7; "
      "UPDATE recording SET finished = 0, end_kind = NULL");
  const StoredSession stored = load(file);
  EXPECT_EQ(stored.builder.record().model.totals(), expected);
  EXPECT_EQ(stored.progress.newerFormat,
            std::to_string(kSchemaMajor) + "." + std::to_string(kSchemaMinor + 3));
  const auto resumed = SessionWriter::resume(file, {});
  ASSERT_FALSE(resumed);
  EXPECT_EQ(resumed.error().code, Code::SchemaTooNew);
}

TEST_F(HostileFile, damagedContentIsCorruptAndNamesTheFile) {
  const char* const damages[] = {
      "DELETE FROM session",
      "DELETE FROM recording",
      "ALTER TABLE session DROP COLUMN pid",
      "ALTER TABLE recording DROP COLUMN finished",
      "ALTER TABLE thread DROP COLUMN tid",
      "ALTER TABLE module RENAME COLUMN bias TO slide",
      "ALTER TABLE pair_blob RENAME COLUMN data TO other",
      "DROP TABLE gap",
      "UPDATE session SET id = 'zz'",
      "UPDATE session SET time_unit_ns = 0",
      "UPDATE pair_blob SET data = x'00'",
      "UPDATE pair_blob SET data = (SELECT data FROM stack_blob)",
      "UPDATE stack_blob SET data = zeroblob(100)",
      "DELETE FROM frame_blob",
      "DELETE FROM stack_blob",
      "DELETE FROM pair_blob",
      "DELETE FROM thread",
      "DELETE FROM module",
      "UPDATE checkpoint SET data = substr(data, 1, length(data) / 2)",
      "UPDATE symbol_line SET function = 99999",
      "UPDATE symbol_line SET frame = frame + 1000",
      "UPDATE recording SET end_kind = 77",
      "DELETE FROM checkpoint; UPDATE event_blob SET data = (SELECT min(data) FROM event_blob)",
      "DELETE FROM checkpoint; DELETE FROM event_blob WHERE first_allocation = 0",
  };
  std::ostringstream whole;
  whole << std::ifstream(file, std::ios::binary).rdbuf();
  for (const char* damage : damages) {
    std::ofstream(file, std::ios::binary) << whole.str();
    change(damage);
    const Error error = errorOf(file);
    EXPECT_EQ(error.code, Code::Corrupt) << damage << "\n" << error.line();
    EXPECT_EQ(error.where, file.string()) << damage;
  }
}

TEST_F(HostileFile, anyFlippedByteGivesAnErrorOrTheSameNumbers) {
  std::ostringstream read;
  read << std::ifstream(file, std::ios::binary).rdbuf();
  const std::string whole = read.str();
  const auto expected = load(file).builder.record().model.totals();
  std::mt19937 random(7);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    std::string damaged = whole;
    damaged[random() % damaged.size()] ^= static_cast<char>(1 + random() % 255);
    std::ofstream(file, std::ios::binary) << damaged;
    auto loaded = SessionReader::open(file).and_then([](SessionReader reader) { return reader.load(); });
    if (!loaded) {
      ++refused;
      EXPECT_EQ(loaded.error().where, file.string());
    } else {
      EXPECT_EQ(loaded->builder.record().model.totals(), expected) << i;
    }
  }
  EXPECT_GT(refused, 0);
}

TEST_F(HostileFile, aFolderThatCannotBeWrittenCanBeRead) {
  // Root may write anywhere, so the library is asked for what it does then: nothing beside the file.
  std::filesystem::permissions(folder.path(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_EQ(errorOf(file).what, "");
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
  EXPECT_FALSE(std::filesystem::exists(file.string() + "-shm"));
}

TEST_F(HostileFile, aFileThatMayNotBeReadSaysSo) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  std::filesystem::permissions(file, std::filesystem::perms::none);
  EXPECT_EQ(errorOf(file).code, Code::NotPermitted);
}

}  // namespace
}  // namespace heaptap::store
