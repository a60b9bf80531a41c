// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <vector>

#include "client/profile_source.h"

namespace heaptap::gui {

/// Two sessions, of which the second is never read to its end: what is asked about it waits to be withdrawn.
class SlowSource : public client::ProfileSource {
 public:
  Result<std::vector<v1::SessionInfo>> sessions(std::stop_token) override {
    std::vector<v1::SessionInfo> infos(2);
    for (std::size_t i = 0; i < 2; ++i) {
      infos[i].set_id(i == 0 ? "quick" : "slow");
      infos[i].add_command(i == 0 ? "quick-program" : "slow-program");
      infos[i].set_started_at_unix_ns(i == 0 ? 2'000 : 1'000);
      infos[i].set_state(v1::SESSION_COMPLETE);
    }
    return infos;
  }
  Result<v1::Summary> summary(const std::string& session, std::stop_token stop) override {
    if (session == "slow") return waitFor(stop);
    v1::Summary summary;
    summary.mutable_info()->set_id("quick");
    summary.mutable_info()->add_command("quick-program");
    summary.mutable_info()->set_state(v1::SESSION_COMPLETE);
    summary.set_live_bytes(4'096);
    return summary;
  }
  Result<client::Profile> profile(const std::string&, const client::When&, std::stop_token stop) override {
    return waitFor(stop);
  }
  Result<client::Refreshed> refresh(const client::Profile&, std::stop_token stop) override {
    return waitFor(stop);
  }
  Result<client::Description> description(const std::string&, std::stop_token stop) override {
    return waitFor(stop);
  }
  Result<std::vector<v1::FindingReport>> findings(const std::string&, std::stop_token stop) override {
    return waitFor(stop);
  }
  Result<v1::Timeline> timeline(const std::string& session, std::stop_token stop) override {
    if (session == "slow") return waitFor(stop);
    return v1::Timeline();
  }
  Result<std::vector<model::SiteHistory>> histories(const std::string&, const model::HistoryQuery&,
                                                    std::stop_token stop) override {
    return waitFor(stop);
  }
  Result<Blocks> blocks(const std::string&, const v1::Instant&, const model::BlockQuery&,
                        std::stop_token stop) override {
    return waitFor(stop);
  }
  Result<model::AddressHistory> lives(const std::string&, std::uint64_t, std::uint64_t, std::uint64_t,
                                      std::stop_token stop) override {
    return waitFor(stop);
  }
  Result<model::TimelineSteps> timelineSteps(const std::string&, const model::StepsQuery&, const HearShare&,
                                             std::stop_token stop) override {
    return waitFor(stop);
  }
  Result<model::TimelineSeries> timelineSeries(const std::string&, const model::SeriesQuery&,
                                               const HearShare&, std::stop_token stop) override {
    return waitFor(stop);
  }
  Result<model::ThreadMatrix> threadMatrix(const std::string&, const model::ThreadMatrixQuery&,
                                           const HearShare&, std::stop_token stop) override {
    return waitFor(stop);
  }
  Result<void> watch(const std::string&, std::chrono::milliseconds,
                     const std::function<void(const v1::Status&)>&, std::stop_token stop) override {
    return waitFor(stop);
  }
  Result<void> command(const std::string&, const v1::ControlCommand&, std::stop_token stop) override {
    return waitFor(stop);
  }

  std::atomic<int> waiting = 0;
  std::atomic<int> asked = 0;

 private:
  tl::unexpected<Error> waitFor(const std::stop_token& stop) {
    ++asked;
    ++waiting;
    std::unique_lock lock(m_mutex);
    std::condition_variable_any().wait(lock, stop, [] { return false; });
    --waiting;
    return failure(Code::Unavailable, "slow", "the question was withdrawn");
  }
  std::mutex m_mutex;
};

}  // namespace heaptap::gui
