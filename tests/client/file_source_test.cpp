// SPDX-License-Identifier: Apache-2.0
#include "client/files/file_source.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <vector>

#include "tests/collector/store/session_under_test.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::client {
namespace {

class Files : public testing::Test {
 protected:
  Files() {
    heaptap::test::RecordedProgram program;
    auto session = store::SessionUnderTest::create(file, program.hello()).value();
    for (const auto& message : store::busyProgram(program, 10)) EXPECT_TRUE(session.take(message));
    EXPECT_TRUE(session.finish());
  }

  heaptap::test::TemporaryFolder folder;
  const std::filesystem::path file = folder / "program.heaptap";
};

TEST_F(Files, SayHowFarTheyWereRead) {
  std::vector<std::pair<std::string, double>> said;
  FileSource files([&](const std::string& session, double share) { said.emplace_back(session, share); });
  const std::string id = files.addFile(file).value();
  EXPECT_TRUE(said.empty()) << "the header alone takes no time";
  ASSERT_TRUE(files.summary(id, {}));
  ASSERT_FALSE(said.empty());
  EXPECT_EQ(said.back().first, id);
  const std::size_t times = said.size();
  ASSERT_TRUE(files.timeline(id, {}));
  EXPECT_EQ(said.size(), times) << "what was read is kept";
}

TEST_F(Files, EachQuestionEndsWhenItIsWithdrawn) {
  FileSource files;
  const std::string id = files.addFile(file).value();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(files.profile(id, {}, stop.get_token()).error().code, Code::Unavailable);
  EXPECT_EQ(files.summary(id, stop.get_token()).error().code, Code::Unavailable);
  EXPECT_EQ(files.timeline(id, stop.get_token()).error().code, Code::Unavailable);
  EXPECT_EQ(files.findings(id, stop.get_token()).error().code, Code::Unavailable);
  EXPECT_TRUE(files.profile(id, {}, {})) << "and can be asked again";
}

/// Two questions about a file that is being read: one reads, the other waits.
TEST_F(Files, AQuestionThatWaitsForAnotherOnesReadingCanBeWithdrawn) {
  std::latch isReading(1);
  std::latch mayGoOn(1);
  std::atomic<bool> isFirst = true;
  FileSource files([&](const std::string&, double) {
    if (!isFirst.exchange(false)) return;
    isReading.count_down();
    mayGoOn.wait();
  });
  const std::string id = files.addFile(file).value();
  auto reader = std::async(std::launch::async, [&] { return files.summary(id, {}).has_value(); });
  isReading.wait();
  std::stop_source stop;
  auto waiting = std::async(std::launch::async, [&] { return files.timeline(id, stop.get_token()); });
  stop.request_stop();
  const auto answer = waiting.get();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::Unavailable);
  mayGoOn.count_down();
  EXPECT_TRUE(reader.get()) << "the one that reads is not stopped by that";
}

TEST_F(Files, AQuestionIsAnsweredThoughTheOneThatWasReadingIsWithdrawn) {
  std::latch isReading(1);
  std::latch mayGoOn(1);
  std::atomic<bool> isFirst = true;
  FileSource files([&](const std::string&, double) {
    if (!isFirst.exchange(false)) return;
    isReading.count_down();
    mayGoOn.wait();
  });
  const std::string id = files.addFile(file).value();
  std::stop_source stop;
  auto reader = std::async(std::launch::async, [&] { return files.summary(id, stop.get_token()); });
  isReading.wait();
  auto waiting = std::async(std::launch::async, [&] { return files.timeline(id, {}).has_value(); });
  stop.request_stop();
  mayGoOn.count_down();
  EXPECT_FALSE(reader.get());
  EXPECT_TRUE(waiting.get());
}

}  // namespace
}  // namespace heaptap::client
