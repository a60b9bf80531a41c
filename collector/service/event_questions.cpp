// SPDX-License-Identifier: Apache-2.0
#include "collector/service/event_questions.h"

#include <algorithm>
#include <utility>

#include "collector/replay/thread_matrix.h"
#include "collector/replay/timeline_series.h"
#include "collector/replay/timeline_zoom.h"
#include "collector/service/eventless.h"
#include "collector/store/session_reader.h"

namespace heaptap::service {
namespace {

std::uint64_t endOf(const query::SessionView& view) {
  return std::max(view.counts.totals.lastEventNs, view.ending ? view.ending->endedNs : std::uint64_t{0});
}

/// Calls `ask` with the events of the session's file, all of one moment.
template <class Ask>
auto ofEvents(const query::SharedView& view, const IsStopped& isStopped, Ask ask)
    -> decltype(ask(std::declval<replay::StoredEvents&>())) {
  if (view->custody.file.empty())
    return failure(Code::NotFound, view->identity.id.hex(), "the session has no file");
  return store::SessionReader::open(view->custody.file).and_then([&](store::SessionReader reader) {
    return reader.freeze().and_then([&] {
      replay::StoredEvents events(reader, view->definitions, view->identity.timeUnitNs, isStopped);
      return ask(events);
    });
  });
}

}  // namespace

void SlowProgress::operator()(double share) {
  constexpr std::chrono::milliseconds kBetween{200};
  const auto now = Clock::now();
  if (now < m_next) return;
  m_next = now + kBetween;
  m_hear(share);
}

Result<model::TimelineSteps> stepsOf(const query::SharedView& view, const model::StepsQuery& query,
                                     const IsStopped& isStopped,
                                     const std::function<void(double)>& onProgress) {
  const replay::KnownOverTime known{
      .history = view->history, .endNs = endOf(*view), .withoutEvents = view->identity.withoutEvents};
  return ofEvents(view, isStopped, [&](replay::StoredEvents& events) {
    return replay::stepsOf(events, known, query, onProgress);
  });
}

Result<model::TimelineSeries> seriesOf(const query::SharedView& view, const model::SeriesQuery& query,
                                       const IsStopped& isStopped,
                                       const std::function<void(double)>& onProgress) {
  if (auto eventless = eventlessError(*view)) return tl::unexpected(std::move(*eventless));
  return ofEvents(view, isStopped, [&](replay::StoredEvents& events) {
    return replay::seriesOf(events, query, endOf(*view), onProgress);
  });
}

Result<model::ThreadMatrix> threadMatrixOf(const query::SharedView& view,
                                           const model::ThreadMatrixQuery& query, const IsStopped& isStopped,
                                           const std::function<void(double)>& onProgress) {
  if (auto eventless = eventlessError(*view)) return tl::unexpected(std::move(*eventless));
  return ofEvents(view, isStopped, [&](replay::StoredEvents& events) {
    return replay::threadMatrixOf(events, query, endOf(*view), onProgress);
  });
}

}  // namespace heaptap::service
