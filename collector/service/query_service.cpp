// SPDX-License-Identifier: Apache-2.0
#include "collector/service/query_service.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "collector/query/blocks.h"
#include "collector/query/definitions_stream.h"
#include "collector/query/findings.h"
#include "collector/query/histories.h"
#include "collector/query/summary.h"
#include "collector/query/thread_matrix.h"
#include "collector/query/timeline_series.h"
#include "collector/query/timeline_steps.h"
#include "collector/service/event_questions.h"
#include "collector/service/live_session.h"
#include "collector/service/session_histories.h"
#include "rpc/status.h"

namespace heaptap::service {
namespace {

using namespace std::chrono_literals;

/// Some hundred kilobytes.
constexpr int kFindingsPerMessage = 1024;
constexpr int kHistoriesPerMessage = 256;
constexpr auto kDefaultWatchInterval = 500ms;
constexpr auto kShortestWatchInterval = 20ms;
/// How soon a call that waits notices that the caller is gone.
constexpr auto kCancelCheck = 100ms;

v1::Status statusOf(Session& session) {
  if (auto* live = dynamic_cast<LiveSession*>(&session)) return live->status();
  v1::Status status;
  *status.mutable_info() = session.info();
  if (const auto view = session.view()) {
    const query::Overview numbers = query::overviewOf(**view);
    status.set_at_ns(numbers.totals.lastEventNs);
    status.set_live_bytes(numbers.totals.liveBytes);
    status.set_live_blocks(numbers.liveBlocks);
    status.set_peak_bytes(numbers.totals.peakBytes);
    status.set_allocations(numbers.totals.allocations);
    if (numbers.sampling) status.set_live_bytes_error(numbers.sampling->estimates.live.bytesError());
    status.set_dropped_events(numbers.drops.total().events());
  }
  return status;
}

/// Tells the caller of a question how far it is.
template <class Reply>
SlowProgress progressTo(grpc::ServerWriter<Reply>& writer) {
  return SlowProgress([&writer](double share) {
    Reply reply;
    reply.set_progress(share);
    writer.Write(reply);  // That the caller is gone is noticed elsewhere.
  });
}

/// False when the caller went away.
bool waitOneInterval(grpc::ServerContext& context, Session& session, std::chrono::milliseconds interval) {
  while (interval > 0ms && !session.waitForEnd(std::min(interval, kCancelCheck))) {
    if (context.IsCancelled()) return false;
    interval -= std::min(interval, kCancelCheck);
  }
  return !context.IsCancelled();
}

}  // namespace

Result<query::SharedView> QueryService::viewOf(const std::string& session, Viewing viewing) {
  return m_registry.find(session)
      .and_then([&](const std::shared_ptr<Session>& found) { return (found.get()->*viewing)(); })
      .map([&](query::SharedView view) {
        if (view->custody.state != query::State::Live) m_registry.remember(view);
        return view;
      });
}

Result<query::SharedView> QueryService::storedViewOf(const std::string& session) {
  return viewOf(session).map([&](query::SharedView view) {
    if (const auto found = m_registry.find(session))
      if (auto* live = dynamic_cast<LiveSession*>(found->get())) live->awaitStored();
    return view;
  });
}

grpc::Status QueryService::ListSessions(grpc::ServerContext*, const v1::ListSessionsRequest*,
                                        v1::ListSessionsReply* reply) {
  for (const auto& session : m_registry.all()) *reply->add_sessions() = session->info();
  const auto older = [](const v1::SessionInfo& a, const v1::SessionInfo& b) {
    return a.started_at_unix_ns() < b.started_at_unix_ns();
  };
  std::stable_sort(reply->mutable_sessions()->begin(), reply->mutable_sessions()->end(), older);
  return grpc::Status::OK;
}

grpc::Status QueryService::GetSummary(grpc::ServerContext*, const v1::GetSummaryRequest* request,
                                      v1::Summary* reply) {
  const auto view = viewOf(request->session());
  if (!view) return rpc::toStatus(view.error());
  *reply = query::summaryOf(query::overviewOf(**view));
  return grpc::Status::OK;
}

grpc::Status QueryService::GetDefinitions(grpc::ServerContext* context,
                                          const v1::GetDefinitionsRequest* request,
                                          grpc::ServerWriter<v1::DefinitionsReply>* writer) {
  auto view = viewOf(request->session(), &Session::viewWithoutCounts);
  if (!view) return rpc::toStatus(view.error());
  query::DefinitionsStream stream(std::move(*view), request->since());
  v1::DefinitionsReply reply;
  bool more = true;
  while (more) {
    more = stream.next(reply);
    if (context->IsCancelled() || !writer->Write(reply)) return grpc::Status::CANCELLED;
  }
  return grpc::Status::OK;
}

Result<query::CountsAnswer> QueryService::countsFor(const v1::GetCountsRequest& request,
                                                    const IsStopped& isStopped) {
  const model::BlockChoice only = query::choiceOf(request);
  if (request.has_from() || request.at().at_case() != v1::Instant::AT_NOT_SET || !only.isAll())
    return storedViewOf(request.session()).and_then([&](const query::SharedView& view) {
      InstantQuery query{.at = request.at(), .gone = request.gone(), .only = only};
      if (request.has_from()) query.from = request.from();
      return viewAt(view, query, isStopped).map([](InstantView then) {
        return query::CountsAnswer{.view = std::move(then.view), .instant = std::move(then.report)};
      });
    });
  const auto session = m_registry.find(request.session());
  if (!session) return tl::unexpected(session.error());
  auto* live = dynamic_cast<LiveSession*>(session->get());
  if (live != nullptr && !live->waitForEnd(0ms))
    return live->viewSince(request.has_since() ? &request.since() : nullptr);
  return viewOf(request.session()).map([](query::SharedView view) {
    return query::CountsAnswer{.view = std::move(view)};
  });
}

grpc::Status QueryService::GetCounts(grpc::ServerContext* context, const v1::GetCountsRequest* request,
                                     grpc::ServerWriter<v1::CountsReply>* writer) {
  auto answer = countsFor(*request, [context] { return context->IsCancelled(); });
  if (!answer) return rpc::toStatus(answer.error());
  query::CountsStream stream(std::move(*answer));
  for (v1::CountsReply reply; stream.next(reply);)
    if (context->IsCancelled() || !writer->Write(reply)) return grpc::Status::CANCELLED;
  return grpc::Status::OK;
}

grpc::Status QueryService::GetFindings(grpc::ServerContext* context, const v1::GetFindingsRequest* request,
                                       grpc::ServerWriter<v1::FindingsReply>* writer) {
  const auto view = viewOf(request->session(), &Session::viewWithoutCounts);
  if (!view) return rpc::toStatus(view.error());
  v1::FindingsReply reply;
  for (v1::FindingReport& report : query::findingReports(**view)) {
    *reply.add_findings() = std::move(report);
    if (reply.findings_size() < kFindingsPerMessage) continue;
    if (context->IsCancelled() || !writer->Write(reply)) return grpc::Status::CANCELLED;
    reply.Clear();
  }
  if (reply.findings_size() > 0 && !writer->Write(reply)) return grpc::Status::CANCELLED;
  return grpc::Status::OK;
}

grpc::Status QueryService::GetTimeline(grpc::ServerContext*, const v1::GetTimelineRequest* request,
                                       v1::Timeline* reply) {
  const auto view = viewOf(request->session(), &Session::viewWithoutCounts);
  if (!view) return rpc::toStatus(view.error());
  *reply = query::timelineOf((*view)->history.timeline);
  query::addResident((*view)->history.resident, *reply);
  return grpc::Status::OK;
}

grpc::Status QueryService::GetHistories(grpc::ServerContext* context, const v1::GetHistoriesRequest* request,
                                        grpc::ServerWriter<v1::HistoriesReply>* writer) {
  const auto view = storedViewOf(request->session());
  if (!view) return rpc::toStatus(view.error());
  const auto histories =
      historiesOf(**view, query::queryOf(*request), [context] { return context->IsCancelled(); });
  if (!histories) return rpc::toStatus(histories.error());
  v1::HistoriesReply reply;
  for (const model::SiteHistory& history : *histories) {
    *reply.add_histories() = query::toMessage(history);
    if (reply.histories_size() < kHistoriesPerMessage) continue;
    if (context->IsCancelled() || !writer->Write(reply)) return grpc::Status::CANCELLED;
    reply.Clear();
  }
  if (reply.histories_size() > 0 && !writer->Write(reply)) return grpc::Status::CANCELLED;
  return grpc::Status::OK;
}

grpc::Status QueryService::GetBlocks(grpc::ServerContext* context, const v1::GetBlocksRequest* request,
                                     grpc::ServerWriter<v1::BlocksReply>* writer) {
  const auto isStopped = [context] { return context->IsCancelled(); };
  const auto found = query::queryOf(*request).and_then([&](const model::BlockQuery& query) {
    return storedViewOf(request->session()).and_then([&](const query::SharedView& view) {
      return blocksAt(view, request->at(), query, isStopped);
    });
  });
  if (!found) return rpc::toStatus(found.error());
  v1::BlocksReply reply;
  *reply.mutable_instant() = found->report;
  reply.set_blocks(found->blocks.blocks);
  reply.set_bytes(found->blocks.bytes);
  if (const auto& estimated = found->blocks.estimated) {
    reply.set_estimated_blocks(estimated->blocks);
    reply.set_blocks_error(std::sqrt(estimated->blocksVariance));
    reply.set_bytes_error(std::sqrt(estimated->bytesVariance));
  }
  for (std::size_t next = 0; next == 0 || next < found->blocks.page.size(); reply.Clear()) {
    next = query::writeBlocks(found->blocks, next, reply);
    if (context->IsCancelled() || !writer->Write(reply)) return grpc::Status::CANCELLED;
    if (next == 0) break;
  }
  return grpc::Status::OK;
}

grpc::Status QueryService::GetAddress(grpc::ServerContext* context, const v1::GetAddressRequest* request,
                                      grpc::ServerWriter<v1::AddressReply>* writer) {
  const auto isStopped = [context] { return context->IsCancelled(); };
  const std::uint64_t to = request->to_address() == 0 ? request->from_address() + 1 : request->to_address();
  const std::uint64_t limit = request->limit() == 0 ? model::BlockQuery().limit : request->limit();
  const auto found = storedViewOf(request->session()).and_then([&](const query::SharedView& view) {
    return livesAt(view, request->from_address(), to, std::min(limit, model::BlockQuery::kMost), isStopped);
  });
  if (!found) return rpc::toStatus(found.error());
  v1::AddressReply reply;
  reply.set_blocks(found->blocks);
  reply.set_known_from_ns(found->knownFromNs);
  for (std::size_t next = 0; next == 0 || next < found->lives.size(); reply.Clear()) {
    next = query::writeLives(*found, next, reply);
    if (context->IsCancelled() || !writer->Write(reply)) return grpc::Status::CANCELLED;
    if (next == 0) break;
  }
  return grpc::Status::OK;
}

grpc::Status QueryService::GetTimelineSteps(grpc::ServerContext* context,
                                            const v1::GetTimelineStepsRequest* request,
                                            grpc::ServerWriter<v1::TimelineStepsReply>* writer) {
  const auto view = storedViewOf(request->session());
  if (!view) return rpc::toStatus(view.error());
  const auto steps = stepsOf(
      *view, query::queryOf(*request), [context] { return context->IsCancelled(); }, progressTo(*writer));
  if (!steps) return rpc::toStatus(steps.error());
  const bool isSampled = (*view)->identity.sampleInterval != 0;
  return writer->Write(query::toMessage(*steps, isSampled)) ? grpc::Status::OK : grpc::Status::CANCELLED;
}

grpc::Status QueryService::GetTimelineSeries(grpc::ServerContext* context,
                                             const v1::GetTimelineSeriesRequest* request,
                                             grpc::ServerWriter<v1::TimelineSeriesReply>* writer) {
  const auto series = storedViewOf(request->session()).and_then([&](const query::SharedView& view) {
    return seriesOf(
        view, query::queryOf(*request), [context] { return context->IsCancelled(); }, progressTo(*writer));
  });
  if (!series) return rpc::toStatus(series.error());
  return writer->Write(query::toMessage(*series)) ? grpc::Status::OK : grpc::Status::CANCELLED;
}

grpc::Status QueryService::GetThreadMatrix(grpc::ServerContext* context,
                                           const v1::GetThreadMatrixRequest* request,
                                           grpc::ServerWriter<v1::ThreadMatrixReply>* writer) {
  const auto found = storedViewOf(request->session()).and_then([&](const query::SharedView& view) {
    return threadMatrixOf(
        view, query::queryOf(*request), [context] { return context->IsCancelled(); }, progressTo(*writer));
  });
  if (!found) return rpc::toStatus(found.error());
  v1::ThreadMatrixReply reply;
  std::size_t next = 0;
  do {
    reply.Clear();
    next = query::writeMatrix(*found, next, reply);
    if (context->IsCancelled() || !writer->Write(reply)) return grpc::Status::CANCELLED;
  } while (next < found->cells.size());
  next = 0;
  while (found->pairs) {
    reply.Clear();
    next = query::writePairs(*found, next, reply);
    if (context->IsCancelled() || !writer->Write(reply)) return grpc::Status::CANCELLED;
    if (next == found->pairs->size()) break;
  }
  return grpc::Status::OK;
}

grpc::Status QueryService::Watch(grpc::ServerContext* context, const v1::WatchRequest* request,
                                 grpc::ServerWriter<v1::Status>* writer) {
  const auto session = m_registry.find(request->session());
  if (!session) return rpc::toStatus(session.error());
  const auto interval =
      request->interval_ms() == 0
          ? kDefaultWatchInterval
          : std::max(kShortestWatchInterval, std::chrono::milliseconds(request->interval_ms()));
  while (true) {
    const bool ended =
        (*session)->waitForEnd(0ms);  // Asked first: the last status is one from after the end.
    if (!writer->Write(statusOf(**session)) || ended) return grpc::Status::OK;
    if (!waitOneInterval(*context, **session, interval)) return grpc::Status::CANCELLED;
  }
}

}  // namespace heaptap::service
