// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "client/call.h"
#include "client/profile_source.h"
#include "heaptap/v1/query.grpc.pb.h"

namespace heaptap::client {

/// A collector, asked over gRPC. Each session's definitions are fetched once and then by difference, as long
/// as the session is among those that were looked at last. Trust: none: every answer is checked as ingest
/// checks messages.
class CollectorSource : public ProfileSource {
 public:
  /// HOST:PORT, tls://HOST:PORT or unix:PATH. Errors: Unavailable: no collector answers there; NotPermitted:
  /// TLS does not come about; as rpc::openChannel().
  [[nodiscard]] static Result<std::unique_ptr<CollectorSource>> connect(const std::string& address);
  /// A channel of the caller's. `where`: how messages name the collector.
  CollectorSource(std::shared_ptr<grpc::Channel> channel, std::string where, CallLimits limits = {});
  ~CollectorSource() override;

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
  Result<void> watch(const std::string& session, std::chrono::milliseconds interval,
                     const std::function<void(const v1::Status&)>& onStatus, std::stop_token stop) override;
  Result<void> command(const std::string& session, const v1::ControlCommand& command,
                       std::stop_token stop) override;

 private:
  class Session;
  Result<Refreshed> fetch(const std::string& session, const When& when, const Profile* before,
                          const std::stop_token& stop);
  /// Adds what is new; starts from nothing where what is known has another history.
  Result<void> fetchDefinitions(Session& session, const std::stop_token& stop);
  std::shared_ptr<Session> sessionCalled(const std::string& id);

  std::shared_ptr<grpc::Channel> m_channel;
  std::string m_where;
  CallLimits m_limits;
  std::unique_ptr<v1::Query::Stub> m_query;
  std::mutex m_mutex;
  std::vector<std::shared_ptr<Session>> m_sessions;  ///< Those looked at last, the latest at the end.
};

}  // namespace heaptap::client
