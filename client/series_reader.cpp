// SPDX-License-Identifier: Apache-2.0
#include "client/series_reader.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "client/call.h"

namespace heaptap::client {
namespace {

/// Takes one answer apart. Errors: Corrupt.
class SeriesMessage {
 public:
  SeriesMessage(const std::string& where, const v1::TimelineSeriesReply& message,
                const model::SeriesQuery& query)
      : m_where(where), m_message(message), m_query(query) {}

  Result<model::TimelineSeries> read() {
    m_series.fromNs = m_message.from_ns();
    m_series.stepNs = m_message.step_ns();
    m_series.groups = m_query.groupCount();
    for (const v1::TimeStretch& stretch : m_message.missing())
      m_series.missing.push_back({.fromNs = stretch.from_ns(), .toNs = stretch.to_ns()});
    return readSteps()
        .and_then([this] { return readLive(); })
        .and_then([this] { return readLanes(); })
        .map([this] { return std::move(m_series); });
  }

 private:
  Result<void> readSteps() {
    const std::uint64_t most = std::clamp<std::uint64_t>(m_query.steps, 1, model::SeriesQuery::kMost);
    const int steps = m_message.step_size();
    if (m_message.live_known_size() != steps || m_message.temporaries_size() != steps)
      return brokenAnswer(m_where, "columns of different lengths");
    std::uint64_t step = 0;
    for (int i = 0; i < steps; ++i) {
      step += m_message.step(i);
      if (step >= most || (i > 0 && m_message.step(i) == 0))
        return brokenAnswer(m_where, "steps that nothing was asked about");
      model::SeriesStep numbers{.step = static_cast<std::uint32_t>(step),
                                .isLiveKnown = m_message.live_known(i)};
      if (m_message.temporaries(i) != 0) numbers.temporaries = m_message.temporaries(i) - 1;
      m_series.known.push_back(numbers);
    }
    constexpr std::uint64_t kMostNs = ~std::uint64_t{0} >> 1;
    if (m_series.stepNs == 0 || m_series.fromNs > kMostNs ||
        m_series.stepNs > (kMostNs - m_series.fromNs) / (step + 1))
      return brokenAnswer(m_where, "times that cannot be");
    return readMoved(m_series.stepNs > (kMostNs - m_series.fromNs) / most
                         ? kMostNs
                         : m_series.fromNs + m_series.stepNs * most);
  }

  /// `mostNs`: where the last step that was asked for ends.
  Result<void> readMoved(std::uint64_t mostNs) {
    const int moved = m_message.step_from_ns_size();
    if (m_message.step_to_ns_size() != moved || (moved != 0 && moved != m_message.step_size()))
      return brokenAnswer(m_where, "columns of different lengths");
    std::uint64_t before = m_series.fromNs;
    for (int i = 0; i < moved; ++i) {
      const model::TimeStretch stretch{.fromNs = m_message.step_from_ns(i), .toNs = m_message.step_to_ns(i)};
      if (stretch.fromNs < before || stretch.toNs <= stretch.fromNs || stretch.toNs > mostNs)
        return brokenAnswer(m_where, "times that cannot be");
      before = stretch.toNs;
      m_series.moved.push_back(stretch);
    }
    return {};
  }

  Result<void> readLive() {
    const std::size_t groups = m_query.groupCount();
    const std::size_t entries = m_series.known.size() * groups;
    if (static_cast<std::size_t>(m_message.live_bytes_size()) != entries ||
        (m_message.live_bytes_error_size() != 0 &&
         static_cast<std::size_t>(m_message.live_bytes_error_size()) != entries))
      return brokenAnswer(m_where, "columns of different lengths");
    m_series.liveBytes.assign(m_message.live_bytes().begin(), m_message.live_bytes().end());
    for (const double error : m_message.live_bytes_error())
      m_series.liveErrors.push_back(std::isfinite(error) ? std::max(error, 0.0) : 0.0);
    // What is stacked is added up.
    for (std::size_t step = 0; step < m_series.known.size(); ++step) {
      std::uint64_t sum = 0;
      for (std::size_t group = 0; group < groups; ++group) {
        const std::uint64_t live = m_series.live(step, group);
        if (live > ~std::uint64_t{0} - sum) return brokenAnswer(m_where, "sums beyond 2^64");
        sum += live;
      }
    }
    return {};
  }

  Result<void> readLanes() {
    const std::size_t lanes = std::min(m_query.lanes, model::SeriesQuery::kMostLanes) + std::size_t{1};
    if (static_cast<std::size_t>(m_message.lanes_size()) > lanes)
      return brokenAnswer(m_where, "more lanes than were asked for");
    const auto steps = static_cast<int>(m_series.known.size());
    std::set<std::uint32_t> threads;
    for (int i = 0; i < m_message.lanes_size(); ++i) {
      const v1::TimelineLane& message = m_message.lanes(i);
      if (message.allocations_size() != steps || message.allocated_bytes_size() != steps)
        return brokenAnswer(m_where, "columns of different lengths");
      if (message.has_thread() ? !threads.insert(message.thread()).second : i + 1 != m_message.lanes_size())
        return brokenAnswer(m_where, "a lane twice");
      model::SeriesLane& lane = m_series.lanes.emplace_back();
      lane.threads = message.has_thread() ? 1 : message.threads();
      if (message.has_thread()) lane.thread = static_cast<model::ThreadIndex>(message.thread());
      lane.allocations.assign(message.allocations().begin(), message.allocations().end());
      lane.bytes.assign(message.allocated_bytes().begin(), message.allocated_bytes().end());
      if (!addUp(lane.allocations) || !addUp(lane.bytes)) return brokenAnswer(m_where, "sums beyond 2^64");
    }
    return {};
  }
  /// Whether the sum of all fits.
  static bool addUp(const std::vector<std::uint64_t>& values) {
    std::uint64_t sum = 0;
    for (const std::uint64_t value : values) {
      if (value > ~std::uint64_t{0} - sum) return false;
      sum += value;
    }
    return true;
  }

  const std::string& m_where;
  const v1::TimelineSeriesReply& m_message;
  const model::SeriesQuery& m_query;
  model::TimelineSeries m_series;
};

}  // namespace

v1::GetTimelineSeriesRequest requestFor(const std::string& session, const model::SeriesQuery& query) {
  v1::GetTimelineSeriesRequest request;
  request.set_session(session);
  request.set_from_ns(query.fromNs);
  request.set_to_ns(query.toNs);
  request.set_steps(query.steps);
  request.set_lanes(query.lanes);
  request.set_steps_may_move(query.mayMove);
  for (const auto& group : query.groups) {
    v1::PairGroup& pairs = *request.add_groups();
    pairs.mutable_pair()->Reserve(static_cast<int>(group.size()));
    for (const model::PairId pair : group) pairs.add_pair(static_cast<std::uint32_t>(index(pair)));
  }
  return request;
}

Result<model::TimelineSeries> seriesOf(const std::string& where, const v1::TimelineSeriesReply& message,
                                       const model::SeriesQuery& query) {
  return SeriesMessage(where, message, query).read();
}

Result<void> checkNames(const model::DefinitionsView& definitions, const model::TimelineSeries& series) {
  const std::size_t threads = definitions.threads.size();
  for (const model::SeriesLane& lane : series.lanes)
    if (lane.thread && index(*lane.thread) >= threads)
      return failure(Code::Corrupt, "timeline", "a thread that is not defined");
  return {};
}

}  // namespace heaptap::client
