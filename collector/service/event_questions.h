// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>

#include "base/error.h"
#include "collector/model/thread_matrix.h"
#include "collector/model/timeline_series.h"
#include "collector/model/timeline_steps.h"
#include "collector/query/session_view.h"
#include "collector/service/instant_view.h"

namespace heaptap::service {

/// Hears how far a question is, from 0 to 1, in the thread that asks: not before a second has passed, and
/// then some times a second.
class SlowProgress {
 public:
  explicit SlowProgress(std::function<void(double)> hear) : m_hear(std::move(hear)) {}
  void operator()(double share);

 private:
  using Clock = std::chrono::steady_clock;

  std::function<void(double)> m_hear;
  Clock::time_point m_next = Clock::now() + std::chrono::seconds(1);
};

/// The heap in an interval, in steps. Precondition: what `view` knows of is in its file.
/// Errors: Usage: the interval ends before it begins; as reading the file; Unavailable: withdrawn.
Result<model::TimelineSteps> stepsOf(const query::SharedView& view, const model::StepsQuery& query,
                                     const IsStopped& isStopped,
                                     const std::function<void(double)>& onProgress);

/// What is live of groups of pairs, and what threads allocate, in the same steps. Likewise. Errors: likewise,
/// or a pair that is not defined; NotFound: the session never had any events.
Result<model::TimelineSeries> seriesOf(const query::SharedView& view, const model::SeriesQuery& query,
                                       const IsStopped& isStopped,
                                       const std::function<void(double)>& onProgress);

/// Who has freed what whom has allocated. Likewise. Errors: likewise; NotFound: the events are not stored.
Result<model::ThreadMatrix> threadMatrixOf(const query::SharedView& view,
                                           const model::ThreadMatrixQuery& query, const IsStopped& isStopped,
                                           const std::function<void(double)>& onProgress);

}  // namespace heaptap::service
