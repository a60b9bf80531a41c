// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "collector/query/counts_stream.h"
#include "collector/service/instant_view.h"
#include "collector/service/session_registry.h"
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
  grpc::Status GetBlocks(grpc::ServerContext* context, const v1::GetBlocksRequest* request,
                         grpc::ServerWriter<v1::BlocksReply>* writer) override;
  grpc::Status GetAddress(grpc::ServerContext* context, const v1::GetAddressRequest* request,
                          grpc::ServerWriter<v1::AddressReply>* writer) override;
  grpc::Status GetTimelineSteps(grpc::ServerContext* context, const v1::GetTimelineStepsRequest* request,
                                grpc::ServerWriter<v1::TimelineStepsReply>* writer) override;
  grpc::Status GetTimelineSeries(grpc::ServerContext* context, const v1::GetTimelineSeriesRequest* request,
                                 grpc::ServerWriter<v1::TimelineSeriesReply>* writer) override;
  grpc::Status GetThreadMatrix(grpc::ServerContext* context, const v1::GetThreadMatrixRequest* request,
                               grpc::ServerWriter<v1::ThreadMatrixReply>* writer) override;
  grpc::Status Watch(grpc::ServerContext* context, const v1::WatchRequest* request,
                     grpc::ServerWriter<v1::Status>* writer) override;

 private:
  using Viewing = Result<query::SharedView> (Session::*)();
  Result<query::SharedView> viewOf(const std::string& session, Viewing viewing = &Session::view);
  /// The same, and all that it knows of is in the session's file.
  Result<query::SharedView> storedViewOf(const std::string& session);

  Result<query::CountsAnswer> countsFor(const v1::GetCountsRequest& request, const IsStopped& isStopped);

  SessionRegistry& m_registry;
};

}  // namespace heaptap::service
