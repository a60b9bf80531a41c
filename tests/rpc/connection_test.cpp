// SPDX-License-Identifier: Apache-2.0
#include "rpc/connection.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "heaptap/v1/control.grpc.pb.h"
#include "rpc/silence.h"
#include "tests/support/temporary_folder.h"

namespace heaptap::rpc {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Connection : public testing::Test {
 protected:
  Result<void> connect(std::chrono::milliseconds limit = kConnectLimit) const {
    return rpc::connect(*grpc::CreateChannel(address, grpc::InsecureChannelCredentials()), address, limit);
  }
  test::TemporaryFolder folder;
  std::string path = folder / "socket";
  std::string address = "unix:" + path;
};

TEST_F(Connection, comesAboutWhereSomebodyServes) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  v1::Control::Service other;
  builder.RegisterService(&other);
  const auto server = builder.BuildAndStart();
  EXPECT_TRUE(connect());
}

TEST_F(Connection, isRefusedAtOnceWhereNoListener) {
  const auto refused = connect();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Unavailable);
  EXPECT_THAT(refused.error().line(), HasSubstr(address + ": no collector answers there"));
}

TEST_F(Connection, isGivenUpWhereSomebodyListensAndSaysNothing) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), path.size());
  const int silent = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(silent, reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
  ASSERT_EQ(::listen(silent, 1), 0);
  const auto waited = connect(50ms);
  ASSERT_FALSE(waited);
  EXPECT_THAT(waited.error().line(), HasSubstr("no answer within"));
  ::close(silent);
}

TEST(Silence, nothingOfGrpcsReachesStandardError) {
  silence();
  testing::internal::CaptureStderr();
  // About this it would complain in several lines.
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:/no/such/folder/socket", grpc::InsecureServerCredentials());
  EXPECT_EQ(builder.BuildAndStart(), nullptr);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Unanswered, tellsAStrangerFromACollectorThatHasGone) {
  EXPECT_THAT(unanswered("a:1", {grpc::StatusCode::UNIMPLEMENTED, ""}).line(), HasSubstr("no collector"));
  EXPECT_THAT(unanswered("a:1", {grpc::StatusCode::UNAVAILABLE, "x"}).line(), HasSubstr("has gone"));
  EXPECT_THAT(unanswered("a:1", {grpc::StatusCode::DEADLINE_EXCEEDED, "x"}).line(),
              HasSubstr("does not answer"));
}

}  // namespace
}  // namespace heaptap::rpc
