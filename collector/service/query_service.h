// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "collector/query/counts_stream.h"
#include "collector/service/session_registry.h"
#include "collector/service/snapshot_view.h"
#include "heaptap/v1/query.grpc.pb.h"

namespace heaptap::service {

/// Answers questions about sessions: finds the session, takes a view, computes, streams.
class QueryService final : public v1::Query::Service {
 public:
  explicit QueryService(SessionRegistry& registry) : m_registry(registry) {}

  grpc::Status ListSessions(grpc::ServerContext* context, const v1::ListSessionsRequest* request,
                            v1::ListSessionsReply* reply) override;
  grpc::Status GetSummary(grpc::ServerContext* context, const v1::GetSummaryRequest* request,
                          v1::Summary* reply) override;
  grpc::Status GetDefinitions(grpc::ServerContext* context, const v1::GetDefinitionsRequest* request,
                              grpc::ServerWriter<v1::DefinitionsReply>* writer) override;
  grpc::Status GetCounts(grpc::ServerContext* context, const v1::GetCountsRequest* request,
                         grpc::ServerWriter<v1::CountsReply>* writer) override;
  grpc::Status GetFindings(grpc::ServerContext* context, const v1::GetFindingsRequest* request,
                           grpc::ServerWriter<v1::FindingsReply>* writer) override;
  grpc::Status GetTimeline(grpc::ServerContext* context, const v1::GetTimelineRequest* request,
                           v1::Timeline* reply) override;
  grpc::Status GetHistories(grpc::ServerContext* context, const v1::GetHistoriesRequest* request,
                            grpc::ServerWriter<v1::HistoriesReply>* writer) override;
  grpc::Status Watch(grpc::ServerContext* context, const v1::WatchRequest* request,
                     grpc::ServerWriter<v1::Status>* writer) override;

 private:
  using Viewing = Result<query::SharedView> (Session::*)();
  Result<query::SharedView> viewOf(const std::string& session, Viewing viewing = &Session::view);
  /// As it was at a snapshot.
  Result<SnapshotView> viewAt(const std::string& session, const std::string& snapshot);

  Result<query::CountsAnswer> countsFor(const v1::GetCountsRequest& request);

  SessionRegistry& m_registry;
};

}  // namespace heaptap::service
