// SPDX-License-Identifier: Apache-2.0
//
// Whatever connects to a daemon's socket, a session that is being recorded on it notices nothing.
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <random>

#include "heaptap/v1/ingest.grpc.pb.h"
#include "tests/e2e/daemon.h"
#include "tests/e2e/recording.h"

namespace heaptap::test {
namespace {

/// Sends bytes and waits until the daemon hangs up, or (with `leaves`) hangs up itself.
void pester(const std::string& path, const std::string& bytes, bool leaves) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  (void)!send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (!leaves) shutdown(peer, SHUT_WR);
  char buffer[4096];
  while (!leaves && recv(peer, buffer, sizeof buffer, 0) > 0) continue;
  close(peer);
}

std::string randomBytes(std::size_t count) {
  std::mt19937 random(4711);
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(random());
  return bytes;
}

grpc::Status helloOfProtocol(const std::string& address, unsigned protocol) {
  const auto stub =
      heaptap::v1::Ingest::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  const auto stream = stub->Record(&context);
  heaptap::v1::RecordRequest first;
  first.mutable_hello()->set_protocol(protocol);
  first.mutable_hello()->set_session_id(std::string(16, 'x'));
  stream->Write(first);
  return stream->Finish();
}

TEST(BadPeers, DoNotDisturbASessionThatIsBeingRecorded) {
  Daemon daemon;
  ChildProcess run(daemon.recording({recordedProgram("counted_churn")}));
  ASSERT_TRUE(run.waitForOutput("working\n"));

  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  const std::string tls("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 11);
  for (const std::string& bytes :
       {std::string(), randomBytes(100'000), std::string("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        tls + randomBytes(160), preface, preface + randomBytes(50'000), preface.substr(0, 10)}) {
    pester(daemon.socketPath(), bytes, true);
    pester(daemon.socketPath(), bytes, false);
  }
  const grpc::Status status = helloOfProtocol(daemon.address(), 1000);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_NE(status.error_message().find("update the collector"), std::string::npos) << status.error_message();

  run.closeInput();
  const Outcome outcome = run.finish();
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  const auto sessions = daemon.list();
  ASSERT_EQ(sessions.size(), 1U);
  const auto report = daemon.report(*sessions.begin());
  EXPECT_EQ(report["summary"].value("state", ""), "complete");
  expectConservation(report);
  expectOwnCounts(report, ownCounts(outcome.out));
  const Outcome end = daemon.stop();
  EXPECT_EQ(end.status, 0);
  // Only lines of its own, whatever gRPC thought of its peers.
  std::istringstream lines(end.err);
  for (std::string line; std::getline(lines, line);) EXPECT_TRUE(line.starts_with("heaptapd: ")) << line;
}

}  // namespace
}  // namespace heaptap::test
