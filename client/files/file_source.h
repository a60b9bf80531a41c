// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "client/profile_source.h"
#include "collector/service/session_registry.h"

namespace heaptap::client {

/// Session files on disk, read in this process. What was read is shared with the profiles, not copied, and
/// kept for as long as one of them is.
class FileSource : public ProfileSource {
 public:
  /// Called with a session's id and the share of its file that was read, from 0 to 1, in the thread that
  /// reads. Precondition: given before the first question.
  using OnProgress = std::function<void(const std::string& session, double share)>;
  FileSource() = default;
  explicit FileSource(OnProgress onProgress) : m_onProgress(std::move(onProgress)) {}

  /// One more file; returns the session's id.
  /// Errors: NotFound, NotASession, SchemaTooNew, Corrupt, NotPermitted.
  [[nodiscard]] Result<std::string> addFile(const std::filesystem::path& file);

  Result<std::vector<v1::SessionInfo>> sessions(std::stop_token stop) override;
  Result<v1::Summary> summary(const std::string& session, std::stop_token stop) override;
  Result<Profile> profile(const std::string& session, const When& when, std::stop_token stop) override;
  Result<Refreshed> refresh(const Profile& before, std::stop_token stop) override;
  Result<Description> description(const std::string& session, std::stop_token stop) override;
  Result<std::vector<v1::FindingReport>> findings(const std::string& session, std::stop_token stop) override;
  Result<v1::Timeline> timeline(const std::string& session, std::stop_token stop) override;
  Result<std::vector<model::SiteHistory>> histories(const std::string& session,
                                                    const model::HistoryQuery& query,
                                                    std::stop_token stop) override;
  Result<Blocks> blocks(const std::string& session, const v1::Instant& at, const model::BlockQuery& query,
                        std::stop_token stop) override;
  Result<model::AddressHistory> lives(const std::string& session, std::uint64_t fromAddress,
                                      std::uint64_t toAddress, std::uint64_t limit,
                                      std::stop_token stop) override;
  Result<model::TimelineSteps> timelineSteps(const std::string& session, const model::StepsQuery& query,
                                             const HearShare& onProgress, std::stop_token stop) override;
  Result<model::TimelineSeries> timelineSeries(const std::string& session, const model::SeriesQuery& query,
                                               const HearShare& onProgress, std::stop_token stop) override;
  Result<model::ThreadMatrix> threadMatrix(const std::string& session, const model::ThreadMatrixQuery& query,
                                           const HearShare& onProgress, std::stop_token stop) override;
  /// A file is not being recorded: the call ends at once.
  Result<void> watch(const std::string& session, std::chrono::milliseconds interval,
                     const std::function<void(const v1::Status&)>& onStatus, std::stop_token stop) override;
  /// Errors: NotFound: likewise.
  Result<void> command(const std::string& session, const v1::ControlCommand& command,
                       std::stop_token stop) override;

 private:
  Result<query::SharedView> viewOf(const std::string& session, const std::stop_token& stop);

  OnProgress m_onProgress;
  service::SessionRegistry m_registry;
};

}  // namespace heaptap::client
