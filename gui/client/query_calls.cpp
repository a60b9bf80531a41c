// SPDX-License-Identifier: Apache-2.0
#include "gui/client/query_calls.h"

#include <chrono>
#include <utility>

#include "gui/client/findings_reader.h"
#include "gui/client/reply_reader.h"
#include "gui/client/sites_reader.h"
#include "heaptap/v1/query.grpc.pb.h"
#include "rpc/call_failure.h"

namespace heaptap::gui {
namespace {

/// Generous: a collector may read a large file from a slow disk before it can answer.
constexpr std::chrono::seconds kAnswerLimit{30};

tl::unexpected<Error> fromStatus(const std::string& where, const grpc::Status& status) {
  return tl::unexpected(rpc::callFailure(where, status));
}

void limit(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + kAnswerLimit);
}

/// Reads an answer of several messages to its end.
template <class Reply, class Reader>
auto collected(grpc::ClientContext& context, grpc::ClientReader<Reply>& stream, const std::string& where,
               Reader&& reader) -> Result<decltype(reader.finish())> {
  Reply reply;
  while (stream.Read(&reply)) {
    if (auto added = reader.add(reply); !added) {
      context.TryCancel();
      return tl::unexpected(std::move(added.error()));
    }
  }
  if (const auto status = stream.Finish(); !status.ok()) return fromStatus(where, status);
  return reader.finish();
}

}  // namespace

struct QueryCalls::Stub {
  std::unique_ptr<v1::Query::Stub> query;
};

QueryCalls::QueryCalls(const std::shared_ptr<grpc::Channel>& channel, std::string where)
    : m_where(std::move(where)), m_stub(std::make_unique<Stub>(Stub{v1::Query::NewStub(channel)})) {}
QueryCalls::~QueryCalls() = default;

Result<SessionList> QueryCalls::sessions(grpc::ClientContext& context) const {
  limit(context);
  v1::ListSessionsReply reply;
  if (const auto status = m_stub->query->ListSessions(&context, {}, &reply); !status.ok())
    return fromStatus(m_where, status);
  SessionList sessions;
  for (const v1::SessionInfo& info : reply.sessions()) sessions.push_back(readSession(info));
  return sessions;
}

Result<Summary> QueryCalls::summary(grpc::ClientContext& context, const std::string& session) const {
  limit(context);
  v1::GetSummaryRequest request;
  request.set_session(session);
  v1::Summary reply;
  if (const auto status = m_stub->query->GetSummary(&context, request, &reply); !status.ok())
    return fromStatus(m_where, status);
  return readSummary(reply);
}

Result<Timeline> QueryCalls::timeline(grpc::ClientContext& context, const std::string& session) const {
  limit(context);
  v1::GetTimelineRequest request;
  request.set_session(session);
  v1::Timeline reply;
  if (const auto status = m_stub->query->GetTimeline(&context, request, &reply); !status.ok())
    return fromStatus(m_where, status);
  return readTimeline(reply);
}

Result<Sites> QueryCalls::sites(grpc::ClientContext& context, const std::string& session) const {
  limit(context);
  v1::GetSitesRequest request;
  request.set_session(session);
  request.set_order(v1::GetSitesRequest::ORDER_ALLOCATED_BYTES);
  const auto stream = m_stub->query->GetSites(&context, request);
  return collected<v1::SitesReply>(context, *stream, m_where, SitesReader());
}

Result<Findings> QueryCalls::findings(grpc::ClientContext& context, const std::string& session) const {
  limit(context);
  v1::GetFindingsRequest request;
  request.set_session(session);
  const auto stream = m_stub->query->GetFindings(&context, request);
  return collected<v1::FindingsReply>(context, *stream, m_where, FindingsReader());
}

Result<void> QueryCalls::watch(grpc::ClientContext& context, const std::string& session, quint32 intervalMs,
                               const std::function<void(const LiveStatus&)>& onStatus) const {
  v1::WatchRequest request;
  request.set_session(session);
  request.set_interval_ms(intervalMs);
  const auto stream = m_stub->query->Watch(&context, request);
  v1::Status reply;
  while (stream->Read(&reply)) onStatus(readStatus(reply));
  if (const auto status = stream->Finish(); !status.ok()) return fromStatus(m_where, status);
  return {};
}

}  // namespace heaptap::gui
