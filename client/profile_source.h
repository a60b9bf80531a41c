// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "client/profile.h"
#include "client/when.h"
#include "collector/model/block_query.h"
#include "collector/model/site_history.h"
#include "collector/model/thread_matrix.h"
#include "collector/model/timeline_series.h"
#include "collector/model/timeline_steps.h"
#include "heaptap/v1/control.pb.h"

namespace heaptap::client {

/// What is different in a newer profile of the same session.
struct Changes {
  std::vector<model::PairId> pairs;  ///< Ascending: pairs that have counted something, or are new.
  bool names = false;                ///< Frames have got other names.
  [[nodiscard]] bool none() const { return pairs.empty() && !names; }
};

/// What a session's ids stand for, and its sums: a profile without what was counted for each pair.
struct Description {
  model::DefinitionsView definitions;
  v1::Summary summary;
  [[nodiscard]] bool isSampled() const { return summary.has_sampling(); }
};

struct Refreshed {
  Profile profile;
  Changes changes;
};

/// Where sessions come from: a collector, or files on disk. What asks cannot tell the difference.
///
/// Calls block; each takes a token by which another thread ends it early, with an error that has no meaning.
/// Names:   `session` is an id or a unique prefix of one; empty: the only one there is.
/// Threads: any, several calls at a time.
/// Errors:  isPassing is set where the same call may succeed later (nothing answered in time), and not where
///          it cannot (there is no such session, the answer is damaged).
class ProfileSource {
 public:
  ProfileSource() = default;
  ProfileSource(const ProfileSource&) = delete;
  ProfileSource& operator=(const ProfileSource&) = delete;
  virtual ~ProfileSource() = default;

  [[nodiscard]] virtual Result<std::vector<v1::SessionInfo>> sessions(std::stop_token stop = {}) = 0;
  [[nodiscard]] virtual Result<v1::Summary> summary(const std::string& session,
                                                    std::stop_token stop = {}) = 0;

  /// The session now, or as it was at another instant, or in a stretch of time.
  /// Errors: NotFound: no such mark, or the events around the instant are not stored.
  [[nodiscard]] virtual Result<Profile> profile(const std::string& session, const When& when = {},
                                                std::stop_token stop = {}) = 0;
  /// The same session now, of which `before` was got from this source: only what is different is moved.
  [[nodiscard]] virtual Result<Refreshed> refresh(const Profile& before, std::stop_token stop = {}) = 0;

  /// What is known by now of what the ids in answers stand for. Cost: that of what is new since the last
  /// question about the session; a profile's is that of all its pairs.
  [[nodiscard]] virtual Result<Description> description(const std::string& session,
                                                        std::stop_token stop = {}) = 0;

  /// Wrong uses of the heap, those made most often first. What their ids stand for is in every profile that
  /// is asked for later.
  [[nodiscard]] virtual Result<std::vector<v1::FindingReport>> findings(const std::string& session,
                                                                        std::stop_token stop = {}) = 0;
  [[nodiscard]] virtual Result<v1::Timeline> timeline(const std::string& session,
                                                      std::stop_token stop = {}) = 0;

  /// How the live blocks of groups of pairs came to be: one history for each group, from the events that the
  /// session's file still has. One pass over all of them: of a large session that takes a second or two.
  /// Errors: Usage: a pair that is not defined, or too many groups.
  [[nodiscard]] virtual Result<std::vector<model::SiteHistory>> histories(const std::string& session,
                                                                          const model::HistoryQuery& query,
                                                                          std::stop_token stop = {}) = 0;

  /// The blocks that are live at an instant. What their ids stand for is in every profile that is asked for
  /// later. Errors: likewise; Usage: a page that lies too far behind.
  struct Blocks {
    model::BlockPage blocks;
    v1::InstantReport instant;
  };
  [[nodiscard]] virtual Result<Blocks> blocks(const std::string& session, const v1::Instant& at,
                                              const model::BlockQuery& query, std::stop_token stop = {}) = 0;
  /// What lay between two addresses, the second not included, over time: the first `limit` blocks.
  [[nodiscard]] virtual Result<model::AddressHistory> lives(const std::string& session,
                                                            std::uint64_t fromAddress,
                                                            std::uint64_t toAddress, std::uint64_t limit,
                                                            std::stop_token stop = {}) = 0;

  /// Hears which share of a question is done, from 0 to 1, some times a second, in the thread that asks: only
  /// of what takes longer than a second.
  using HearShare = std::function<void(double)>;
  /// The heap in an interval, in at most as many steps as are asked for.
  /// Cost:   of long intervals, some milliseconds; of short ones, that of their events.
  /// Errors: Usage: the interval ends before it begins.
  [[nodiscard]] virtual Result<model::TimelineSteps> timelineSteps(const std::string& session,
                                                                   const model::StepsQuery& query,
                                                                   const HearShare& onProgress = {},
                                                                   std::stop_token stop = {}) = 0;
  /// What is live of groups of pairs, and what the threads that allocate most allocate, in such steps. What
  /// its ids stand for is in every profile that is asked for later. One pass over the events of the interval.
  /// Errors: likewise, or a pair that is not defined; NotFound: the session has no events, or the collector
  /// is too old for this question.
  [[nodiscard]] virtual Result<model::TimelineSeries> timelineSeries(const std::string& session,
                                                                     const model::SeriesQuery& query,
                                                                     const HearShare& onProgress = {},
                                                                     std::stop_token stop = {}) = 0;
  /// Who has freed what whom has allocated, and how long blocks lived. What its ids stand for is in every
  /// profile that is asked for later. One pass over the events of the interval.
  /// Errors: likewise, or a pair that is not defined; NotFound: the events are not stored.
  [[nodiscard]] virtual Result<model::ThreadMatrix> threadMatrix(const std::string& session,
                                                                 const model::ThreadMatrixQuery& query,
                                                                 const HearShare& onProgress = {},
                                                                 std::stop_token stop = {}) = 0;

  /// Calls `onStatus` at each interval, in this thread, until the session has ended; then returns.
  [[nodiscard]] virtual Result<void> watch(const std::string& session, std::chrono::milliseconds interval,
                                           const std::function<void(const v1::Status&)>& onStatus,
                                           std::stop_token stop = {}) = 0;
  /// Passes a command on to the relay of a session that is being recorded.
  [[nodiscard]] virtual Result<void> command(const std::string& session, const v1::ControlCommand& command,
                                             std::stop_token stop = {}) = 0;
};

}  // namespace heaptap::client
