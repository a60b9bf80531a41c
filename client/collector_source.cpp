// SPDX-License-Identifier: Apache-2.0
#include "client/collector_source.h"

#include <algorithm>
#include <utility>

#include "client/blocks_reader.h"
#include "client/counts_reader.h"
#include "client/definitions_fetch.h"
#include "client/history_reader.h"
#include "client/series_reader.h"
#include "client/steps_reader.h"
#include "client/thread_matrix_reader.h"
#include "heaptap/v1/control.grpc.pb.h"
#include "rpc/channel.h"
#include "rpc/connection.h"
#include "rpc/keep_alive.h"

namespace heaptap::client {
namespace {

/// Sessions of which the definitions are kept.
constexpr std::size_t kKeptSessions = 4;
/// The collector keeps its messages far below that.
constexpr int kMaxMessageBytes = 64 << 20;
constexpr std::size_t kMaxFindings = 1 << 16;

Result<void> heard(double share, const ProfileSource::HearShare& onProgress) {
  if (onProgress) onProgress(share >= 0 && share <= 1 ? share : 0);
  return {};
}

}  // namespace

/// What is known of one session.
class CollectorSource::Session {
 public:
  Session(std::string called, const std::string& where)
      : id(std::move(called)), fetched(std::make_unique<FetchedDefinitions>(where)) {}

  const std::string id;
  std::mutex mutex;  ///< For all that follows, while it is fetched.
  std::unique_ptr<FetchedDefinitions> fetched;
  std::shared_ptr<const FrameNames> names;
};

Result<std::unique_ptr<CollectorSource>> CollectorSource::connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  rpc::apply(rpc::KeepAlive{}, arguments);
  auto channel = rpc::openChannel(address, std::move(arguments));
  if (!channel) return tl::unexpected(std::move(channel.error()));
  if (auto connected = rpc::connect(**channel, address); !connected) return tl::unexpected(connected.error());
  return std::make_unique<CollectorSource>(std::move(*channel), address);
}

CollectorSource::CollectorSource(std::shared_ptr<grpc::Channel> channel, std::string where, CallLimits limits)
    : m_channel(std::move(channel)),
      m_where(std::move(where)),
      m_limits(limits),
      m_query(v1::Query::NewStub(m_channel)) {}
CollectorSource::~CollectorSource() = default;

Result<std::vector<v1::SessionInfo>> CollectorSource::sessions(std::stop_token stop) {
  return askedOnce<v1::ListSessionsReply>(
             m_where, m_limits, stop,
             [&](auto* context, auto* reply) { return m_query->ListSessions(context, {}, reply); })
      .map([](const v1::ListSessionsReply& reply) {
        return std::vector<v1::SessionInfo>(reply.sessions().begin(), reply.sessions().end());
      });
}

Result<v1::Summary> CollectorSource::summary(const std::string& session, std::stop_token stop) {
  v1::GetSummaryRequest request;
  request.set_session(session);
  return askedOnce<v1::Summary>(m_where, m_limits, stop, [&](auto* context, auto* reply) {
    return m_query->GetSummary(context, request, reply);
  });
}

Result<v1::Timeline> CollectorSource::timeline(const std::string& session, std::stop_token stop) {
  v1::GetTimelineRequest request;
  request.set_session(session);
  auto answer = askedOnce<v1::Timeline>(m_where, m_limits, stop, [&](auto* context, auto* reply) {
    return m_query->GetTimeline(context, request, reply);
  });
  if (!answer) return answer;
  const int buckets = answer->max_live_bytes_size();
  const int samples = answer->resident_at_ns_size();
  const bool isEstimate = answer->live_bytes_error_size() != 0;
  if (answer->live_bytes_size() != buckets || answer->allocations_size() != buckets ||
      answer->frees_size() != buckets || (isEstimate && answer->live_bytes_error_size() != buckets) ||
      answer->rss_bytes_size() != samples || answer->pss_bytes_size() != samples ||
      answer->pool_bytes_size() != samples)
    return brokenAnswer(m_where, "columns of different lengths");
  return answer;
}

Result<std::vector<v1::FindingReport>> CollectorSource::findings(const std::string& session,
                                                                 std::stop_token stop) {
  v1::GetFindingsRequest request;
  request.set_session(session);
  std::vector<v1::FindingReport> findings;
  auto read = askedForMany<v1::FindingsReply>(
      m_where, m_limits, stop,
      [&](auto* context, auto* queue) { return m_query->PrepareAsyncGetFindings(context, request, queue); },
      [&](v1::FindingsReply reply) -> Result<void> {
        if (findings.size() + static_cast<std::size_t>(reply.findings_size()) > kMaxFindings)
          return brokenAnswer(m_where, "more findings than there can be");
        for (v1::FindingReport& finding : *reply.mutable_findings()) findings.push_back(std::move(finding));
        return {};
      });
  if (!read) return tl::unexpected(std::move(read.error()));
  return findings;
}

Result<std::vector<model::SiteHistory>> CollectorSource::histories(const std::string& session,
                                                                   const model::HistoryQuery& query,
                                                                   std::stop_token stop) {
  const v1::GetHistoriesRequest request = requestFor(session, query);
  std::vector<model::SiteHistory> histories;
  auto read = askedForMany<v1::HistoriesReply>(
      m_where, m_limits, stop,
      [&](auto* context, auto* queue) { return m_query->PrepareAsyncGetHistories(context, request, queue); },
      [&](const v1::HistoriesReply& reply) -> Result<void> {
        for (const v1::SiteHistory& message : reply.histories()) {
          auto history = historyOf(message);
          if (!history || histories.size() == query.groups.size())
            return brokenAnswer(m_where, "histories that nothing was asked about");
          histories.push_back(std::move(*history));
        }
        return {};
      });
  if (!read) return tl::unexpected(std::move(read.error()));
  if (histories.size() != query.groups.size()) return brokenAnswer(m_where, "histories are missing");
  return histories;
}

Result<ProfileSource::Blocks> CollectorSource::blocks(const std::string& session, const v1::Instant& at,
                                                      const model::BlockQuery& query, std::stop_token stop) {
  const v1::GetBlocksRequest request = requestFor(session, at, query);
  BlocksReader reader(m_where, query.limit);
  auto read = askedForMany<v1::BlocksReply>(
      m_where, m_limits, stop,
      [&](auto* context, auto* queue) { return m_query->PrepareAsyncGetBlocks(context, request, queue); },
      [&](const v1::BlocksReply& reply) { return reader.add(reply); });
  if (!read) return tl::unexpected(std::move(read.error()));
  return Blocks{.blocks = reader.takePage(), .instant = reader.instant()};
}

Result<model::AddressHistory> CollectorSource::lives(const std::string& session, std::uint64_t fromAddress,
                                                     std::uint64_t toAddress, std::uint64_t limit,
                                                     std::stop_token stop) {
  v1::GetAddressRequest request;
  request.set_session(session);
  request.set_from_address(fromAddress);
  request.set_to_address(toAddress);
  request.set_limit(limit);
  BlocksReader reader(m_where, limit);
  auto read = askedForMany<v1::AddressReply>(
      m_where, m_limits, stop,
      [&](auto* context, auto* queue) { return m_query->PrepareAsyncGetAddress(context, request, queue); },
      [&](const v1::AddressReply& reply) { return reader.add(reply); });
  if (!read) return tl::unexpected(std::move(read.error()));
  return reader.takeHistory();
}

Result<model::TimelineSteps> CollectorSource::timelineSteps(const std::string& session,
                                                            const model::StepsQuery& query,
                                                            const HearShare& onProgress,
                                                            std::stop_token stop) {
  const v1::GetTimelineStepsRequest request = requestFor(session, query);
  std::optional<model::TimelineSteps> steps;
  auto read = askedForMany<v1::TimelineStepsReply>(
      m_where, m_limits, stop,
      [&](auto* context, auto* queue) {
        return m_query->PrepareAsyncGetTimelineSteps(context, request, queue);
      },
      [&](const v1::TimelineStepsReply& reply) -> Result<void> {
        if (reply.has_progress()) return heard(reply.progress(), onProgress);
        if (!steps) steps = stepsOf(reply, query);
        if (!steps) return brokenAnswer(m_where, "steps that cannot be");
        return {};
      });
  if (!read) return tl::unexpected(std::move(read.error()));
  if (!steps) return brokenAnswer(m_where, "no steps at all");
  return std::move(*steps);
}

Result<model::TimelineSeries> CollectorSource::timelineSeries(const std::string& session,
                                                              const model::SeriesQuery& query,
                                                              const HearShare& onProgress,
                                                              std::stop_token stop) {
  const v1::GetTimelineSeriesRequest request = requestFor(session, query);
  std::optional<model::TimelineSeries> series;
  grpc::Status ended;
  auto read = askedForMany<v1::TimelineSeriesReply>(
      m_where, m_limits, stop,
      [&](auto* context, auto* queue) {
        return m_query->PrepareAsyncGetTimelineSeries(context, request, queue);
      },
      [&](const v1::TimelineSeriesReply& reply) -> Result<void> {
        if (reply.has_progress()) return heard(reply.progress(), onProgress);
        return seriesOf(m_where, reply, query).map([&](model::TimelineSeries taken) {
          series = std::move(taken);
        });
      },
      &ended);
  // Who asks has had other answers from it: it is a collector, of an earlier version.
  if (ended.error_code() == grpc::StatusCode::UNIMPLEMENTED)
    return failure(
        Code::NotFound, m_where,
        "this collector is of an earlier version, and cannot tell threads and call sites over time",
        "use a newer heaptapd");
  if (!read) return tl::unexpected(std::move(read.error()));
  if (!series) return brokenAnswer(m_where, "no steps at all");
  return std::move(*series);
}

Result<model::ThreadMatrix> CollectorSource::threadMatrix(const std::string& session,
                                                          const model::ThreadMatrixQuery& query,
                                                          const HearShare& onProgress, std::stop_token stop) {
  const v1::GetThreadMatrixRequest request = requestFor(session, query);
  ThreadMatrixReader reader(m_where, query.matrices());
  auto read = askedForMany<v1::ThreadMatrixReply>(
      m_where, m_limits, stop,
      [&](auto* context, auto* queue) {
        return m_query->PrepareAsyncGetThreadMatrix(context, request, queue);
      },
      [&](const v1::ThreadMatrixReply& reply) {
        return reply.has_progress() ? heard(reply.progress(), onProgress) : reader.add(reply);
      });
  if (!read) return tl::unexpected(std::move(read.error()));
  return reader.finish();
}

Result<void> CollectorSource::watch(const std::string& session, std::chrono::milliseconds interval,
                                    const std::function<void(const v1::Status&)>& onStatus,
                                    std::stop_token stop) {
  v1::WatchRequest request;
  request.set_session(session);
  request.set_interval_ms(static_cast<std::uint32_t>(interval.count()));
  CallLimits limits = m_limits;
  limits.next += interval;
  return askedForMany<v1::Status>(
      m_where, limits, stop,
      [&](auto* context, auto* queue) { return m_query->PrepareAsyncWatch(context, request, queue); },
      [&](const v1::Status& status) -> Result<void> {
        onStatus(status);
        return {};
      });
}

Result<void> CollectorSource::command(const std::string& session, const v1::ControlCommand& command,
                                      std::stop_token stop) {
  v1::CommandRequest request;
  request.set_session(session);
  *request.mutable_command() = command;
  const auto stub = v1::Control::NewStub(m_channel);
  return askedOnce<v1::CommandReply>(
             m_where, m_limits, stop,
             [&](auto* context, auto* answer) { return stub->Command(context, request, answer); })
      .map([](const v1::CommandReply&) {});
}

std::shared_ptr<CollectorSource::Session> CollectorSource::sessionCalled(const std::string& id) {
  const std::lock_guard lock(m_mutex);
  const auto found = std::find_if(m_sessions.begin(), m_sessions.end(),
                                  [&](const auto& session) { return session->id == id; });
  if (found != m_sessions.end()) {
    std::rotate(found, found + 1, m_sessions.end());
    return m_sessions.back();
  }
  if (m_sessions.size() == kKeptSessions) m_sessions.erase(m_sessions.begin());
  return m_sessions.emplace_back(std::make_shared<Session>(id, m_where));
}

Result<void> CollectorSource::fetchDefinitions(Session& session, const std::stop_token& stop) {
  const auto ask = [&] {
    v1::GetDefinitionsRequest request;
    request.set_session(session.id);
    *request.mutable_since() = session.fetched->position();
    return askedForMany<v1::DefinitionsReply>(
        m_where, m_limits, stop,
        [&](auto* context, auto* queue) {
          return m_query->PrepareAsyncGetDefinitions(context, request, queue);
        },
        [&](const v1::DefinitionsReply& reply) { return session.fetched->add(reply); });
  };
  const bool isFirst = session.fetched->position().frames() == 0;
  auto fetched = ask();
  if (fetched || fetched.error().code != Code::Corrupt) return fetched;
  session.fetched = std::make_unique<FetchedDefinitions>(m_where);
  session.names = nullptr;
  // What is known may be of a collector that had more, and has lost its end.
  return isFirst ? fetched : ask();
}

Result<Refreshed> CollectorSource::fetch(const std::string& id, const When& when, const Profile* before,
                                         const std::stop_token& stop) {
  v1::GetCountsRequest request;
  request.set_session(id);
  if (when.at.at_case() != v1::Instant::AT_NOT_SET) *request.mutable_at() = when.at;
  if (when.from) *request.mutable_from() = *when.from;
  request.set_gone(when.gone);
  addChoice(when.only, request);
  if (before != nullptr && before->moment) *request.mutable_since() = *before->moment;
  CountsReader counts(m_where, before != nullptr ? before->counts : nullptr);
  auto read = askedForMany<v1::CountsReply>(
      m_where, m_limits, stop,
      [&](auto* context, auto* queue) { return m_query->PrepareAsyncGetCounts(context, request, queue); },
      [&](const v1::CountsReply& reply) { return counts.add(reply); });
  if (!read) return tl::unexpected(std::move(read.error()));

  const std::shared_ptr<Session> session = sessionCalled(counts.session());
  const std::lock_guard lock(session->mutex);
  if (auto fetched = fetchDefinitions(*session, stop); !fetched)
    return tl::unexpected(std::move(fetched.error()));
  const model::DefinitionsView definitions = session->fetched->definitions().view();
  session->names = FrameNames::of(definitions, session->names);
  auto answer = counts.finish(definitions);
  if (!answer) return tl::unexpected(std::move(answer.error()));
  const bool newNames = before == nullptr || before->names != session->names;
  return Refreshed{.profile = {.definitions = definitions,
                               .names = session->names,
                               .counts = std::move(answer->counts),
                               .summary = std::make_shared<const v1::Summary>(std::move(answer->summary)),
                               .instant = std::move(answer->instant),
                               .moment = std::move(answer->moment)},
                   .changes = {.pairs = std::move(answer->changed), .names = newNames}};
}

Result<Profile> CollectorSource::profile(const std::string& session, const When& when, std::stop_token stop) {
  return fetch(session, when, nullptr, stop).map([](Refreshed refreshed) {
    return std::move(refreshed.profile);
  });
}

Result<Description> CollectorSource::description(const std::string& session, std::stop_token stop) {
  // The session may be asked for by a prefix of its id; the summary has the whole one.
  auto sums = summary(session, stop);
  if (!sums) return tl::unexpected(std::move(sums.error()));
  const std::shared_ptr<Session> known = sessionCalled(sums->info().id());
  const std::lock_guard lock(known->mutex);
  if (auto fetched = fetchDefinitions(*known, stop); !fetched)
    return tl::unexpected(std::move(fetched.error()));
  return Description{.definitions = known->fetched->definitions().view(), .summary = std::move(*sums)};
}

Result<Refreshed> CollectorSource::refresh(const Profile& before, std::stop_token stop) {
  if (!before.moment) return Refreshed{.profile = before, .changes = {}};
  return fetch(before.summary->info().id(), {}, &before, stop);
}

}  // namespace heaptap::client
