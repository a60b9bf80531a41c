// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>

#include "sql/tables/all_tables.h"

namespace heaptap::sql {
namespace {

const counting::Timeline& timelineOf(const Row& row) { return row.session.view().history.timeline; }
const counting::Timeline::Bucket& bucketOf(const Row& row) { return timelineOf(row).buckets()[row.at]; }
std::uint64_t beginOf(const Row& row) {
  return (timelineOf(row).first() + row.at) * timelineOf(row).bucketNs();
}

constexpr std::array kTimelineFields{
    Field{{"from_ns", "INTEGER", "where the stretch begins"},
          [](const Row& row, Cell cell) { cell.set(beginOf(row)); }},
    Field{{"to_ns", "INTEGER", "where it ends"},
          [](const Row& row, Cell cell) { cell.set(beginOf(row) + timelineOf(row).bucketNs()); }},
    Field{{"max_live_bytes", "INTEGER", "the largest within"},
          [](const Row& row, Cell cell) { cell.set(bucketOf(row).maxLiveBytes); }},
    Field{{"live_bytes", "INTEGER", "at its end"},
          [](const Row& row, Cell cell) { cell.set(bucketOf(row).liveBytes); }},
    Field{{"live_bytes_error", "REAL", "standard error of live_bytes, where it is an estimate; NULL: exact"},
          [](const Row& row, Cell cell) {
            if (row.session.profile().isSampled()) cell.set(std::sqrt(bucketOf(row).liveVariance));
          }},
    Field{{"allocations", "INTEGER", "within"},
          [](const Row& row, Cell cell) { cell.set(bucketOf(row).allocations); }},
    Field{{"frees", "INTEGER", "within"}, [](const Row& row, Cell cell) { cell.set(bucketOf(row).frees); }},
};

constexpr RowTableWords kTimeline{
    "timeline",
    "malloc's heap over time, in at most 4,096 stretches of the same length",
    kTimelineFields,
    [](const DecodedSession& session) { return session.view().history.timeline.buckets().size(); },
    0,
    false};

}  // namespace

const RowTableWords& timelineTable() { return kTimeline; }

}  // namespace heaptap::sql
