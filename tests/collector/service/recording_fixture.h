// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "collector/service/collector_server.h"
#include "heaptap/v1/query.grpc.pb.h"
#include "tests/collector/recorded_program.h"
#include "tests/collector/service/test_relay.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::service {

using Kind = SessionEvent::Kind;

/// A collector in this process, and what it has told.
class Recording : public testing::Test {
 protected:
  void start(bool endWithStream = true) {
    CollectorOptions options;
    options.addresses = {"unix:" + (folder / "sock").string()};
    options.files.directory = folder.path();
    options.files.force = force;
    options.ownFiles = ownFiles;
    options.endWithStream = endWithStream;
    options.relayTimeout = relayTimeout;
    options.keepAlive = keepAlive;
    options.onSessionEvent = [this](const SessionEvent& event) {
      const std::lock_guard lock(mutex);
      events.push_back(event);
      changed.notify_all();
    };
    auto started = CollectorServer::start(options);
    ASSERT_TRUE(started) << started.error().line();
    collector = std::move(*started);
    grpc::ChannelArguments ownConnection;
    ownConnection.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channel = grpc::CreateCustomChannel(collector->addresses()[0], grpc::InsecureChannelCredentials(),
                                        ownConnection);
    query = v1::Query::NewStub(channel);
  }
  SessionEvent waitFor(Kind kind) {
    std::unique_lock lock(mutex);
    const auto isIt = [&](const SessionEvent& event) { return event.kind == kind; };
    changed.wait(lock, [&] { return std::any_of(events.begin(), events.end(), isIt); });
    return *std::find_if(events.begin(), events.end(), isIt);
  }
  std::vector<Kind> kinds() {
    const std::lock_guard lock(mutex);
    std::vector<Kind> result;
    for (const auto& event : events) result.push_back(event.kind);
    return result;
  }
  v1::Summary summary() {
    grpc::ClientContext context;
    v1::Summary summary;
    const auto status = query->GetSummary(&context, v1::GetSummaryRequest{}, &summary);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return summary;
  }
  /// 3 allocations of 100, 200 and 300 bytes, in a batch each; the first is freed.
  std::vector<v1::RecordRequest> threeBatches() {
    const auto stack = program.stack({"parse", "main"});
    const auto first = program.at(1'000).allocate(100, stack);
    program.flush();
    program.at(2'000).allocate(200, stack);
    program.flush();
    program.at(3'000).free(first);
    program.at(4'000).allocate(300, stack);
    program.exit(0);
    return program.messages();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<SessionEvent> events;
  bool force = false;
  std::vector<std::filesystem::path> ownFiles;
  std::optional<std::chrono::milliseconds> relayTimeout;
  rpc::KeepAlive keepAlive;
  test::TemporaryFolder folder;
  test::RecordedProgram program;
  std::unique_ptr<CollectorServer> collector;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::Query::Stub> query;
};

}  // namespace heaptap::service
