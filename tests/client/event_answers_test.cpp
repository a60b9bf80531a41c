// SPDX-License-Identifier: Apache-2.0
//
// What is not believed of a collector's answers about steps of time and about threads.
#include <gtest/gtest.h>

#include "client/steps_reader.h"
#include "client/thread_matrix_reader.h"
#include "tests/client/profile_builder.h"

namespace heaptap::client {
namespace {

v1::TimelineStepsReply twoSteps() {
  v1::TimelineStepsReply reply;
  reply.set_step_ns(10);
  reply.set_from_events(true);
  for (const std::uint32_t step : {1U, 2U}) {
    reply.add_step(step);
    reply.add_live_bytes(5);
    reply.add_max_live_bytes(6);
    reply.add_min_live_bytes(4);
    reply.add_allocated_bytes(7);
    reply.add_allocations(1);
    reply.add_frees(2);
    reply.add_rss_bytes(0);
  }
  return reply;
}

TEST(StepsReader, StepsComeAsTheyWereSent) {
  const auto steps = stepsOf(twoSteps(), {.steps = 4});
  ASSERT_TRUE(steps);
  ASSERT_EQ(steps->known.size(), 2U);
  EXPECT_EQ(steps->known[1].step, 3U);
  EXPECT_EQ(steps->known[1].minLiveBytes, 4U);
  EXPECT_EQ(steps->known[1].rssBytes, std::nullopt);
}

TEST(StepsReader, ABrokenAnswerIsNone) {
  EXPECT_FALSE(stepsOf(twoSteps(), {.steps = 3})) << "a step that was not asked for";
  v1::TimelineStepsReply reply = twoSteps();
  reply.set_step(1, 0);
  EXPECT_FALSE(stepsOf(reply, {})) << "a step twice";
  reply = twoSteps();
  reply.set_step_ns(0);
  EXPECT_FALSE(stepsOf(reply, {}));
  reply.set_step_ns(~std::uint64_t{0} / 3);
  EXPECT_FALSE(stepsOf(reply, {})) << "times that do not fit";
  reply = twoSteps();
  reply.set_from_ns(~std::uint64_t{0});
  EXPECT_FALSE(stepsOf(reply, {}));
  reply = twoSteps();
  reply.set_from_events(false);
  EXPECT_FALSE(stepsOf(reply, {})) << "columns that only events give";
  for (const char* column : {"live_bytes", "max_live_bytes", "min_live_bytes", "allocated_bytes",
                             "allocations", "frees", "rss_bytes", "live_bytes_error"}) {
    reply = twoSteps();
    const auto* field = v1::TimelineStepsReply::descriptor()->FindFieldByName(column);
    ASSERT_NE(field, nullptr);
    if (std::string(column) == "live_bytes_error")
      reply.add_live_bytes_error(1);
    else
      reply.GetReflection()->RemoveLast(&reply, field);
    EXPECT_FALSE(stepsOf(reply, {})) << column;
  }
}

v1::ThreadMatrixReply twoCells() {
  v1::ThreadMatrixReply reply;
  for (const std::uint32_t freedBy : {0U, 2U}) {
    reply.add_group(0);
    reply.add_allocated_by(1);
    reply.add_freed_by(freedBy);
    reply.add_blocks(3);
    reply.add_bytes(30);
  }
  return reply;
}

Result<model::ThreadMatrix> read(const v1::ThreadMatrixReply& reply, int lifetimes = 1) {
  ThreadMatrixReader reader("there", 1);
  v1::ThreadMatrixReply last;
  for (int i = 0; i < lifetimes; ++i) last.add_lifetimes()->add_log2(4);
  return reader.add(reply).and_then([&] { return reader.add(last); }).and_then([&] {
    return reader.finish();
  });
}

TEST(ThreadMatrixReaderTest, CellsComeAsTheyWereSent) {
  const auto matrix = read(twoCells());
  ASSERT_TRUE(matrix) << matrix.error().line();
  ASSERT_EQ(matrix->cells.size(), 2U);
  EXPECT_EQ(matrix->cells[0].freedBy, std::nullopt);
  EXPECT_EQ(matrix->cells[1].freedBy, model::ThreadIndex{1});
  EXPECT_EQ(matrix->lifetimes.at(0)[0], 4U);
  ProfileBuilder nobody;
  EXPECT_EQ(checkNames(nobody.profile(), *matrix).error().code, Code::Corrupt);
}

TEST(ThreadMatrixReaderTest, ABrokenAnswerIsRefused) {
  EXPECT_FALSE(read(twoCells(), 0)) << "no lifetimes";
  EXPECT_FALSE(read(twoCells(), 2)) << "too many";
  v1::ThreadMatrixReply reply = twoCells();
  reply.set_freed_by(1, 0);
  EXPECT_FALSE(read(reply)) << "a cell twice";
  reply = twoCells();
  reply.set_group(1, 1);
  EXPECT_FALSE(read(reply)) << "a group that was not asked about";
  reply = twoCells();
  reply.set_bytes(0, ~std::uint64_t{0});
  EXPECT_FALSE(read(reply)) << "sums that do not fit";
  reply = twoCells();
  reply.add_blocks(1);
  EXPECT_FALSE(read(reply));
  reply = twoCells();
  reply.add_lifetimes()->mutable_log2()->Resize(65, 1);
  EXPECT_FALSE(read(reply, 0));
}

}  // namespace
}  // namespace heaptap::client
