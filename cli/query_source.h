// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "heaptap/v1/control.pb.h"
#include "heaptap/v1/query.grpc.pb.h"

namespace heaptap::service {
class CollectorServer;
}

namespace heaptap::cli {

/// Where answers about sessions come from: a collector at an address, or the same service in this process
/// over session files. What asks cannot tell the difference.
/// Threads: one at a time. Errors of the calls: those of the service, as one line.
class QuerySource {
 public:
  /// A collector somewhere. Errors: Unavailable: nobody answers there.
  [[nodiscard]] static Result<QuerySource> connect(const std::string& address);
  /// A source without sessions, for files. Errors: Internal.
  [[nodiscard]] static Result<QuerySource> local();

  ~QuerySource();
  QuerySource(QuerySource&&) noexcept;
  QuerySource& operator=(QuerySource&&) noexcept;

  /// Serves a session file too, and returns the session's id. Only for a local source.
  /// Errors: NotFound, NotASession, SchemaTooNew, Corrupt, NotPermitted.
  Result<std::string> addFile(const std::filesystem::path& file);

  [[nodiscard]] Result<std::vector<v1::SessionInfo>> sessions();
  /// `session`: an id or a unique prefix of one.
  [[nodiscard]] Result<v1::Summary> summary(const std::string& session);
  /// Calls `onSite` for each site, in the order asked for, while the answer arrives.
  /// Of a snapshot, `onSnapshot` comes first.
  /// Returns how many sites there are in all, the limit of the request apart.
  [[nodiscard]] Result<std::uint64_t> sites(
      const v1::GetSitesRequest& request, const std::function<void(const v1::Site&)>& onSite,
      const std::function<void(const v1::MarkReport&)>& onSnapshot = {});

  /// All findings, those made most often first.
  [[nodiscard]] Result<std::vector<v1::FindingReport>> findings(const std::string& session);
  /// Passes a command on to the relay of a session that is being recorded.
  [[nodiscard]] Result<void> command(const std::string& session, const v1::ControlCommand& command);

 private:
  QuerySource();

  std::string m_where;  ///< The collector's address; empty for a local source.
  std::unique_ptr<service::CollectorServer> m_server;
  std::shared_ptr<grpc::Channel> m_channel;
  std::unique_ptr<v1::Query::Stub> m_stub;
};

/// SESSION as typed: a path, or with a collector's address an id or its prefix.
struct OpenedSession {
  QuerySource source;
  std::string id;
};
[[nodiscard]] Result<OpenedSession> openSession(const std::string& session,
                                                const std::optional<std::string>& collector);

}  // namespace heaptap::cli
