// SPDX-License-Identifier: Apache-2.0
#include "rpc/call_failure.h"

#include <gtest/gtest.h>

namespace heaptap::rpc {
namespace {

Error failureOf(grpc::StatusCode code) { return callFailure("unix:/run/x.sock", {code, "in its own words"}); }

TEST(CallFailure, RepeatsWhatTheCollectorSaid) {
  const Error error = failureOf(grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(error.code, Code::NotFound);
  EXPECT_EQ(error.line(), "unix:/run/x.sock: in its own words");
  EXPECT_EQ(failureOf(grpc::StatusCode::INVALID_ARGUMENT).code, Code::Usage);
  EXPECT_EQ(failureOf(grpc::StatusCode::FAILED_PRECONDITION).code, Code::SchemaTooNew);
  EXPECT_EQ(failureOf(grpc::StatusCode::DATA_LOSS).code, Code::Corrupt);
  EXPECT_EQ(failureOf(grpc::StatusCode::UNKNOWN).code, Code::Internal);
}

TEST(CallFailure, SaysThatNobodyAnswersWithARemedy) {
  for (const auto code : {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::UNIMPLEMENTED,
                          grpc::StatusCode::CANCELLED, grpc::StatusCode::DEADLINE_EXCEEDED}) {
    const Error error = failureOf(code);
    EXPECT_EQ(error.code, Code::Unavailable) << code;
    EXPECT_EQ(error.where, "unix:/run/x.sock");
    EXPECT_NE(error.what, "in its own words") << "gRPC's words are not for people";
    EXPECT_FALSE(error.remedy.empty());
  }
  EXPECT_EQ(failureOf(grpc::StatusCode::CANCELLED).what, failureOf(grpc::StatusCode::UNAVAILABLE).what);
}

TEST(CallFailure, ACallThatBreaksOffMayBeMadeAgain) {
  using Status = grpc::Status;
  for (const Status& status : {Status(grpc::StatusCode::INTERNAL, "Received RST_STREAM with error code 0"),
                               Status(grpc::StatusCode::UNKNOWN, "Stream removed")}) {
    const Error error = callFailure("unix:/run/x.sock", status);
    EXPECT_EQ(error.code, Code::Unavailable);
    EXPECT_TRUE(error.isPassing);
    EXPECT_EQ(error.what, failureOf(grpc::StatusCode::UNAVAILABLE).what);
  }
  EXPECT_FALSE(failureOf(grpc::StatusCode::INTERNAL).isPassing);
}

}  // namespace
}  // namespace heaptap::rpc
