// SPDX-License-Identifier: Apache-2.0
#include "rpc/status.h"

#include <gtest/gtest.h>

#include "rpc/call_failure.h"

namespace heaptap::rpc {
namespace {

TEST(Status, CarriesTheWholeLine) {
  const auto status =
      toStatus({.code = Code::SchemaTooNew, .where = "x", .what = "schema 7", .remedy = "update"});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "x: schema 7; update");
}

TEST(Status, EveryCodeComesBackAsWhatItWas) {
  for (int i = 0; i <= static_cast<int>(Code::Unavailable); ++i) {
    const Error error{.code = static_cast<Code>(i), .where = "x", .what = "y", .remedy = ""};
    const grpc::Status status = toStatus(error);
    EXPECT_FALSE(status.ok()) << i;
    EXPECT_EQ(codeIn(status), error.code);
    const Error told = callFailure("unix:/run/x.sock", status);
    EXPECT_EQ(told.code, error.code);
    EXPECT_EQ(told.line(), "unix:/run/x.sock: x: y");
    EXPECT_EQ(told.isPassing, error.code == Code::Unavailable);
  }
}

TEST(Status, OfAnotherProgramHasNoCodeOfOurs) {
  EXPECT_FALSE(codeIn({grpc::StatusCode::NOT_FOUND, "words"}));
  EXPECT_FALSE(codeIn({grpc::StatusCode::NOT_FOUND, "words", "details"}));
  EXPECT_FALSE(codeIn({grpc::StatusCode::NOT_FOUND, "words", "heaptap:CodeOfTheFuture"}));
}

}  // namespace
}  // namespace heaptap::rpc
