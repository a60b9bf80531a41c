// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "collector/service/collector_server.h"
#include "tests/collector/recorded_program.h"
#include "tests/collector/service/test_relay.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::gui::test {

/// A real collector on a real Unix socket.
class LiveCollector {
 public:
  explicit LiveCollector(const heaptap::test::TemporaryFolder& folder)
      : m_address("unix:" + (folder / "sock").string()) {
    service::CollectorOptions options;
    options.addresses = {m_address};
    options.files.directory = folder.path();
    options.files.force = true;
    options.endWithStream = true;
    // As heaptapd does: what was recorded before is there again.
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      if (entry.path().extension() == ".heaptap") options.ownFiles.push_back(entry.path());
    auto started = service::CollectorServer::start(options);
    if (!started) throw std::runtime_error(started.error().line());
    m_server = std::move(*started);
  }
  [[nodiscard]] const std::string& address() const { return m_address; }
  [[nodiscard]] service::CollectorServer& server() { return *m_server; }

 private:
  std::string m_address;
  std::unique_ptr<service::CollectorServer> m_server;
};

/// A program that is recorded by a collector, event by event, through the service that relays use.
class LiveProgram {
 public:
  /// `mark`: distinguishes the ids of several programs.
  explicit LiveProgram(const std::string& address, char mark = 'a') {
    program.hello().set_session_id(heaptap::test::sessionId(mark));
    program.hello().set_started_at_unix_ns(1'700'000'000'000'000'000 + mark);
    grpc::ChannelArguments ownConnection;
    ownConnection.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    m_relay = std::make_unique<service::TestRelay>(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), ownConnection),
        program.hello());
    if (!m_relay->accepted()) throw std::runtime_error("the collector refused the session");
  }

  heaptap::test::RecordedProgram program;

  /// Sends what has happened since the last time, and waits until the collector has it.
  void send() {
    program.flush();
    const auto messages = program.messages();
    m_relay->send(messages, m_sent, messages.size());
    m_sent = messages.size();
    m_relay->waitForAck(m_sent);
  }
  /// The program names this moment.
  void mark(const std::string& name, std::uint64_t atNs) {
    program.flush();
    v1::RecordRequest request;
    request.mutable_mark()->set_name(name);
    request.mutable_mark()->set_at_ns(atNs);
    program.send(request);
  }
  /// The block of the first pair is freed a second time, `count` times so far.
  void freeTwice(std::uint64_t count, std::uint32_t freeStack) {
    program.flush();
    v1::RecordRequest request;
    v1::Findings::Finding& finding = *request.mutable_findings()->add_findings();
    finding.set_kind(v1::FINDING_DOUBLE_FREE);
    finding.set_count(count);
    finding.set_pair(1);
    finding.set_free_origin(v1::ORIGIN_FREE);
    finding.set_free_stack(freeStack);
    program.send(request);
  }
  void exit(int status) {
    program.exit(status);
    const auto messages = program.messages();
    m_relay->send(messages, m_sent, messages.size());
    m_relay->finish();
  }

 private:
  std::unique_ptr<service::TestRelay> m_relay;
  std::size_t m_sent = 0;
};

}  // namespace heaptap::gui::test
