// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace heaptap {
namespace {

TEST(Error, ReadsAsOneLine) {
  const Error error{Code::SchemaTooNew, "a.heaptap", "schema 7, this build reads up to 5", "update heaptap"};
  EXPECT_EQ(error.line(), "a.heaptap: schema 7, this build reads up to 5; update heaptap");
}

TEST(Error, LeavesOutWhatItDoesNotKnow) {
  EXPECT_EQ((Error{Code::Internal, "", "no answer", ""}.line()), "no answer");
  EXPECT_EQ((Error{Code::Internal, "socket", "no answer", ""}.line()), "socket: no answer");
  EXPECT_EQ((Error{Code::Internal, "", "no answer", "try again"}.line()), "no answer; try again");
}

TEST(Failure, IsTheErrorOfAResult) {
  const Result<int> result = failure(Code::NotFound, "x", "is not there", "make it");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Code::NotFound);
  EXPECT_EQ(result.error().line(), "x: is not there; make it");
}

TEST(SystemFailure, SaysWhatTheSystemSaid) {
  errno = ENOSPC;
  const Result<void> result =
      systemFailure(Code::StorageFull, "/tmp/x", "cannot be written", "free some space");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().line(), "/tmp/x: cannot be written: No space left on device; free some space");
}

}  // namespace
}  // namespace heaptap
