// SPDX-License-Identifier: Apache-2.0
#include "cli/query_source.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <utility>

#include "collector/service/collector_server.h"
#include "heaptap/v1/control.grpc.pb.h"
#include "rpc/call_failure.h"
#include "rpc/connection.h"
#include "rpc/keep_alive.h"

namespace heaptap::cli {
namespace {

tl::unexpected<Error> fromStatus(const std::string& where, const grpc::Status& status) {
  return tl::unexpected(rpc::callFailure(where, status));
}

}  // namespace

QuerySource::QuerySource() = default;
QuerySource::~QuerySource() = default;
QuerySource::QuerySource(QuerySource&&) noexcept = default;
QuerySource& QuerySource::operator=(QuerySource&&) noexcept = default;

Result<QuerySource> QuerySource::connect(const std::string& address) {
  QuerySource source;
  source.m_where = address;
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  rpc::apply(rpc::KeepAlive{}, arguments);
  source.m_channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  if (auto connected = rpc::connect(*source.m_channel, address); !connected)
    return tl::unexpected(connected.error());
  source.m_stub = v1::Query::NewStub(source.m_channel);
  return source;
}

Result<QuerySource> QuerySource::local() {
  auto server = service::CollectorServer::start({});
  if (!server) return tl::unexpected(server.error());
  QuerySource source;
  source.m_server = std::move(*server);
  source.m_channel = source.m_server->inProcessChannel();
  source.m_stub = v1::Query::NewStub(source.m_channel);
  return source;
}

Result<std::string> QuerySource::addFile(const std::filesystem::path& file) {
  if (!m_server)
    return failure(Code::Usage, file.string(), "a file cannot be added to somebody else's collector");
  return m_server->addFile(file);
}

Result<std::vector<v1::SessionInfo>> QuerySource::sessions() {
  grpc::ClientContext context;
  v1::ListSessionsReply reply;
  if (const auto status = m_stub->ListSessions(&context, {}, &reply); !status.ok())
    return fromStatus(m_where, status);
  return std::vector<v1::SessionInfo>(reply.sessions().begin(), reply.sessions().end());
}

Result<v1::Summary> QuerySource::summary(const std::string& session) {
  grpc::ClientContext context;
  v1::GetSummaryRequest request;
  request.set_session(session);
  v1::Summary summary;
  if (const auto status = m_stub->GetSummary(&context, request, &summary); !status.ok())
    return fromStatus(m_where, status);
  return summary;
}

Result<std::uint64_t> QuerySource::sites(const v1::GetSitesRequest& request,
                                         const std::function<void(const v1::Site&)>& onSite,
                                         const std::function<void(const v1::MarkReport&)>& onSnapshot) {
  grpc::ClientContext context;
  const auto reader = m_stub->GetSites(&context, request);
  std::uint64_t total = 0;
  v1::SitesReply reply;
  while (reader->Read(&reply)) {
    if (reply.total_sites() != 0) total = reply.total_sites();
    if (reply.has_snapshot() && onSnapshot) onSnapshot(reply.snapshot());
    for (const v1::Site& site : reply.sites()) onSite(site);
  }
  if (const auto status = reader->Finish(); !status.ok()) return fromStatus(m_where, status);
  return total;
}

Result<std::vector<v1::FindingReport>> QuerySource::findings(const std::string& session) {
  grpc::ClientContext context;
  v1::GetFindingsRequest request;
  request.set_session(session);
  const auto reader = m_stub->GetFindings(&context, request);
  std::vector<v1::FindingReport> findings;
  v1::FindingsReply reply;
  while (reader->Read(&reply))
    for (v1::FindingReport& finding : *reply.mutable_findings()) findings.push_back(std::move(finding));
  if (const auto status = reader->Finish(); !status.ok()) return fromStatus(m_where, status);
  return findings;
}

Result<void> QuerySource::command(const std::string& session, const v1::ControlCommand& command) {
  grpc::ClientContext context;
  v1::CommandRequest request;
  request.set_session(session);
  *request.mutable_command() = command;
  v1::CommandReply reply;
  const auto status = v1::Control::NewStub(m_channel)->Command(&context, request, &reply);
  if (status.error_code() == grpc::StatusCode::ABORTED)
    return failure(Code::Unavailable, m_where, status.error_message());
  if (!status.ok()) return fromStatus(m_where, status);
  return {};
}

Result<OpenedSession> openSession(const std::string& session, const std::optional<std::string>& collector) {
  auto source = collector ? QuerySource::connect(*collector) : QuerySource::local();
  if (!source) return tl::unexpected(source.error());
  if (collector) return OpenedSession{std::move(*source), session};
  auto id = source->addFile(session);
  if (!id) return tl::unexpected(id.error());
  return OpenedSession{std::move(*source), std::move(*id)};
}

}  // namespace heaptap::cli
