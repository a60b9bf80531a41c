// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "gui/models/finding.h"
#include "gui/models/site.h"
#include "gui/models/summary.h"
#include "gui/models/timeline.h"

namespace heaptap::gui {

/// The queries of a collector as plain blocking calls. A session is named by its id or a unique prefix.
/// Threads: any, several at a time. A call ends early when its context is cancelled from another thread.
/// Errors:  those of the collector as one line; Unavailable when it does not answer in time.
class QueryCalls {
 public:
  /// `where`: how messages name the collector.
  QueryCalls(const std::shared_ptr<grpc::Channel>& channel, std::string where);
  ~QueryCalls();
  QueryCalls(const QueryCalls&) = delete;
  QueryCalls& operator=(const QueryCalls&) = delete;

  Result<SessionList> sessions(grpc::ClientContext& context) const;
  Result<Summary> summary(grpc::ClientContext& context, const std::string& session) const;
  Result<Timeline> timeline(grpc::ClientContext& context, const std::string& session) const;
  /// All call sites.
  Result<Sites> sites(grpc::ClientContext& context, const std::string& session) const;

  /// All wrong uses of the heap, those made most often first.
  Result<Findings> findings(grpc::ClientContext& context, const std::string& session) const;

  /// Calls `onStatus` at each interval until the session has ended; then returns.
  Result<void> watch(grpc::ClientContext& context, const std::string& session, quint32 intervalMs,
                     const std::function<void(const LiveStatus&)>& onStatus) const;

 private:
  struct Stub;

  std::string m_where;
  std::unique_ptr<Stub> m_stub;
};

}  // namespace heaptap::gui
