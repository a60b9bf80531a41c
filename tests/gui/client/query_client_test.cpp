// SPDX-License-Identifier: Apache-2.0
#include "gui/client/asking/query_client.h"

#include <gtest/gtest.h>

#include <QTest>
#include <QThread>
#include <atomic>
#include <chrono>
#include <optional>

#include "gui/client/asking/channel.h"
#include "tests/gui/live_program.h"
#include "tests/gui/profile_source_at.h"

namespace heaptap::gui {
namespace {

constexpr int kAnswerLimitMs = 30'000;

class Asking : public testing::Test {
 protected:
  heaptap::test::TemporaryFolder folder;
  test::LiveCollector collector{folder};
  std::optional<QueryClient> client{std::in_place, test::sourceAt(collector.address())};

  /// A question that only a cancellation ends: the watch of a session that goes on.
  Request watchForEver(const std::function<void()>& onStatus, const std::function<void()>& onEnd) {
    return client->ask<Result<void>>(
        [onStatus](client::ProfileSource& source, const std::shared_ptr<Ticket>& ticket) {
          return source.watch(
              {}, std::chrono::milliseconds(20), [&](const v1::Status&) { onStatus(); }, ticket->stop());
        },
        [onEnd](const Result<void>&) { onEnd(); });
  }
};

TEST_F(Asking, AnswersInTheThreadThatAsked) {
  QThread* answeredIn = nullptr;
  QThread* workedIn = nullptr;
  const Request request = client->ask<Result<std::vector<v1::SessionInfo>>>(
      [&](client::ProfileSource& source, const std::shared_ptr<Ticket>& ticket) {
        workedIn = QThread::currentThread();
        return source.sessions(ticket->stop());
      },
      [&](const Result<std::vector<v1::SessionInfo>>& answer) {
        EXPECT_TRUE(answer);
        answeredIn = QThread::currentThread();
      });
  EXPECT_TRUE(request.isUnderWay());
  ASSERT_TRUE(QTest::qWaitFor([&] { return answeredIn != nullptr; }, kAnswerLimitMs));
  EXPECT_EQ(answeredIn, QThread::currentThread());
  EXPECT_NE(workedIn, answeredIn);
  EXPECT_FALSE(request.isUnderWay());
}

TEST_F(Asking, ACancelledQuestionEndsAndNeverAnswers) {
  test::LiveProgram live(collector.address());
  std::atomic<bool> isRunning = false;
  bool isAnswered = false;
  Request request = watchForEver([&] { isRunning = true; }, [&] { isAnswered = true; });
  ASSERT_TRUE(QTest::qWaitFor([&] { return isRunning.load(); }, kAnswerLimitMs));
  request.cancel();
  EXPECT_FALSE(request.isUnderWay());
  client.reset();  // Waits for the worker: hangs when the call goes on.
  QCoreApplication::processEvents();
  EXPECT_FALSE(isAnswered);
}

TEST_F(Asking, AClientThatGoesAwayCancelsWhatIsUnderWay) {
  test::LiveProgram live(collector.address());
  std::atomic<bool> isRunning = false;
  const Request request = watchForEver([&] { isRunning = true; }, [] {});
  ASSERT_TRUE(QTest::qWaitFor([&] { return isRunning.load(); }, kAnswerLimitMs));
  client.reset();
}

TEST(Channel, RefusesWhatIsNoAddress) {
  for (const char* address :
       {"", "nonsense", "unix:", "host:", ":80", "host:port", "/run/sock", "http://host:80/x"}) {
    const auto channel = openChannel(address);
    ASSERT_FALSE(channel) << address;
    EXPECT_EQ(channel.error().code, Code::Usage) << address;
  }
  for (const char* address : {"unix:/run/x.sock", "localhost:4711", "[::1]:4711"})
    EXPECT_TRUE(openChannel(address)) << address;
}

}  // namespace
}  // namespace heaptap::gui
