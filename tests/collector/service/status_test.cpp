// SPDX-License-Identifier: Apache-2.0
#include "collector/service/status.h"

#include <gtest/gtest.h>

namespace heaptap::service {
namespace {

TEST(Status, carriesTheWholeLine) {
  const auto status =
      toStatus({.code = Code::SchemaTooNew, .where = "x", .what = "schema 7", .remedy = "update"});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "x: schema 7; update");
}

TEST(Status, noErrorIsOk) {
  for (int code = static_cast<int>(Code::Internal); code <= static_cast<int>(Code::Unavailable); ++code) {
    EXPECT_FALSE(toStatus({.code = static_cast<Code>(code), .where = "", .what = "", .remedy = ""}).ok())
        << code;
  }
}

}  // namespace
}  // namespace heaptap::service
