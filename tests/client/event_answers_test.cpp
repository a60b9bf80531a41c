// SPDX-License-Identifier: Apache-2.0
//
// What is not believed of a collector's answers about steps of time and about threads.
#include <gtest/gtest.h>

#include "client/series_reader.h"
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
    reply.add_temporaries(step == 1 ? 0 : 3);
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
  EXPECT_EQ(steps->known[0].temporaries, std::nullopt) << "it cannot be told";
  EXPECT_EQ(steps->known[1].temporaries, 2U);
}

TEST(StepsReader, ACollectorOfAnEarlierVersionTellsNoTemporaries) {
  v1::TimelineStepsReply reply = twoSteps();
  reply.clear_temporaries();
  const auto steps = stepsOf(reply, {.steps = 4});
  ASSERT_TRUE(steps);
  EXPECT_EQ(steps->known[1].temporaries, std::nullopt);
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
                             "allocations", "frees", "rss_bytes", "live_bytes_error", "temporaries"}) {
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

/// Two steps of two groups; a lane of a thread, and one of all others.
v1::TimelineSeriesReply twoLanes() {
  v1::TimelineSeriesReply reply;
  reply.set_step_ns(10);
  for (const std::uint32_t step : {1U, 2U}) {
    reply.add_step(step);
    reply.add_live_known(step == 2);
    reply.add_temporaries(step);
    for (const std::uint64_t bytes : {5U, 6U}) reply.add_live_bytes(step == 2 ? bytes : 0);
  }
  for (const bool isOne : {true, false}) {
    v1::TimelineLane& lane = *reply.add_lanes();
    if (isOne) lane.set_thread(4);
    lane.set_threads(isOne ? 1 : 9);
    for (int i = 0; i < 2; ++i) {
      lane.add_allocations(3);
      lane.add_allocated_bytes(30);
    }
  }
  return reply;
}
const model::SeriesQuery kTwoLanes{
    .steps = 4, .groups = {{model::PairId{0}}, {model::PairId{1}}}, .lanes = 1};

TEST(SeriesReader, SeriesComeAsTheyWereSent) {
  const auto series = seriesOf("there", twoLanes(), kTwoLanes);
  ASSERT_TRUE(series) << series.error().line();
  ASSERT_EQ(series->known.size(), 2U);
  EXPECT_EQ(series->known[1], (model::SeriesStep{.step = 3, .isLiveKnown = true, .temporaries = 1}));
  EXPECT_EQ(series->live(1, 1), 6U);
  ASSERT_EQ(series->lanes.size(), 2U);
  EXPECT_EQ(series->lanes[0].thread, model::ThreadIndex{4});
  EXPECT_EQ(series->lanes[1].threads, 9U);
  ProfileBuilder nobody;
  EXPECT_EQ(checkNames(nobody.profile().definitions, *series).error().code, Code::Corrupt);
}

TEST(SeriesReader, ABrokenAnswerIsRefused) {
  const auto isRefused = [](const v1::TimelineSeriesReply& reply,
                            const model::SeriesQuery& query = kTwoLanes) {
    const auto series = seriesOf("there", reply, query);
    return !series && series.error().code == Code::Corrupt;
  };
  EXPECT_TRUE(isRefused({}, kTwoLanes)) << "a width of nothing";
  model::SeriesQuery other = kTwoLanes;
  other.steps = 3;
  EXPECT_TRUE(isRefused(twoLanes(), other)) << "a step that was not asked for";
  other = kTwoLanes;
  other.lanes = 0;
  EXPECT_TRUE(isRefused(twoLanes(), other)) << "a lane that was not asked for";
  other = kTwoLanes;
  other.groups.clear();
  EXPECT_TRUE(isRefused(twoLanes(), other)) << "a group that was not asked for";
  v1::TimelineSeriesReply reply = twoLanes();
  reply.set_step(1, 0);
  EXPECT_TRUE(isRefused(reply)) << "a step twice";
  reply = twoLanes();
  reply.set_step_ns(~std::uint64_t{0} / 3);
  EXPECT_TRUE(isRefused(reply)) << "times that do not fit";
  reply = twoLanes();
  reply.set_from_ns(~std::uint64_t{0});
  EXPECT_TRUE(isRefused(reply));
  reply = twoLanes();
  reply.set_live_bytes(2, ~std::uint64_t{0});
  EXPECT_TRUE(isRefused(reply)) << "a stack that is too high";
  reply = twoLanes();
  reply.mutable_lanes(1)->set_allocations(0, ~std::uint64_t{0});
  EXPECT_TRUE(isRefused(reply)) << "sums that do not fit";
  reply = twoLanes();
  reply.mutable_lanes(0)->clear_thread();
  EXPECT_TRUE(isRefused(reply)) << "two lanes of all others";
  reply = twoLanes();
  reply.mutable_lanes(1)->set_thread(4);
  EXPECT_TRUE(isRefused(reply)) << "a thread twice";
  reply = twoLanes();
  reply.add_live_bytes_error(1);
  EXPECT_TRUE(isRefused(reply));
  using Times = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  const auto areTimes = [&](const Times& times) {
    v1::TimelineSeriesReply moved = twoLanes();
    for (const auto& [from, to] : times) moved.add_step_from_ns(from), moved.add_step_to_ns(to);
    return !isRefused(moved);
  };
  EXPECT_TRUE(areTimes({{0, 15}, {15, 40}}));
  for (const Times& times : {Times{{0, 15}}, Times{{0, 15}, {14, 40}}, Times{{0, 15}, {15, 41}},
                             Times{{0, 0}, {0, 40}}, Times{{0, 15}, {15, 40}, {40, 40}}})
    EXPECT_FALSE(areTimes(times));
  reply = twoLanes();
  reply.add_step_from_ns(0);
  reply.add_step_from_ns(10);
  EXPECT_TRUE(isRefused(reply));
  for (const char* column : {"live_known", "temporaries", "live_bytes"}) {
    reply = twoLanes();
    const auto* field = v1::TimelineSeriesReply::descriptor()->FindFieldByName(column);
    ASSERT_NE(field, nullptr);
    reply.GetReflection()->RemoveLast(&reply, field);
    EXPECT_TRUE(isRefused(reply)) << column;
  }
  for (const char* column : {"allocations", "allocated_bytes"}) {
    reply = twoLanes();
    v1::TimelineLane& lane = *reply.mutable_lanes(0);
    lane.GetReflection()->RemoveLast(&lane, v1::TimelineLane::descriptor()->FindFieldByName(column));
    EXPECT_TRUE(isRefused(reply)) << column;
  }
}

TEST(SeriesReader, AnErrorThatIsNoNumberIsNone) {
  v1::TimelineSeriesReply reply = twoLanes();
  for (const double error : {-1.0, 1.0 / 0.0, 0.0 / 0.0, 2.0}) reply.add_live_bytes_error(error);
  EXPECT_EQ(seriesOf("there", reply, kTwoLanes).value().liveErrors, (std::vector<double>{0, 0, 0, 2}));
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

TEST(ThreadMatrixReaderTest, ErrorsAreColumnsToo) {
  v1::ThreadMatrixReply reply = twoCells();
  for (const double error : {0.5, 2.0}) reply.add_blocks_error(error);
  for (const double error : {-1.0, 0.0 / 0.0}) reply.add_bytes_error(error);
  const auto matrix = read(reply);
  ASSERT_TRUE(matrix) << matrix.error().line();
  EXPECT_EQ(matrix->cells[0].blocksVariance, 0.25);
  EXPECT_EQ(matrix->cells[1].blocksVariance, 4);
  EXPECT_EQ(matrix->cells[0].bytesVariance, 0) << "an error that is no number is none";
  EXPECT_EQ(matrix->cells[1].bytesVariance, 0);
  reply.add_bytes_error(1);
  EXPECT_FALSE(read(reply));
}

TEST(ThreadMatrixReaderTest, PairsComeBehindTheCells) {
  EXPECT_FALSE(read(twoCells())->pairs) << "of a collector that does not know of them";
  v1::ThreadMatrixReply reply = twoCells();
  reply.set_has_pairs(true);
  EXPECT_TRUE(read(reply)->pairs->empty());
  for (const std::uint32_t pair : {3U, 7U}) {
    reply.add_pair(pair);
    reply.add_allocations(10 * pair);
  }
  const auto matrix = read(reply);
  ASSERT_TRUE(matrix) << matrix.error().line();
  EXPECT_EQ(*matrix->pairs,
            (std::vector<model::PairAllocations>{{model::PairId{3}, 30}, {model::PairId{7}, 70}}));
  ProfileBuilder nothing;
  EXPECT_EQ(checkNames(nothing.profile(), *matrix).error().code, Code::Corrupt);
  reply.set_pair(1, 3);
  EXPECT_FALSE(read(reply)) << "a pair twice";
  reply.set_pair(1, 7);
  reply.add_pair(9);
  EXPECT_FALSE(read(reply)) << "without a number";
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
