// SPDX-License-Identifier: Apache-2.0
#include "client/files/file_source.h"

#include <memory>
#include <utility>

#include "collector/query/findings.h"
#include "collector/query/summary.h"
#include "collector/service/event_questions.h"
#include "collector/service/instant_view.h"
#include "collector/service/session_histories.h"
#include "collector/service/stored_session.h"

namespace heaptap::client {
namespace {

Profile profileOf(const query::SharedView& view) {
  return {.definitions = view->definitions,
          .names = FrameNames::of(view->definitions),
          .counts = std::shared_ptr<const model::Counts>(view, &view->counts),
          .summary = std::make_shared<const v1::Summary>(query::summaryOf(query::overviewOf(*view)))};
}

ProfileSource::HearShare slowly(const ProfileSource::HearShare& onProgress) {
  if (!onProgress) return {};
  return service::SlowProgress(onProgress);
}

}  // namespace

Result<std::string> FileSource::addFile(const std::filesystem::path& file) {
  return service::StoredSession::open(file).map([&](std::shared_ptr<service::StoredSession> session) {
    std::string id = session->id().hex();
    m_registry.put(std::move(session));
    return id;
  });
}

Result<query::SharedView> FileSource::viewOf(const std::string& session, const std::stop_token& stop) {
  return m_registry.find(session)
      .and_then([&](const std::shared_ptr<service::Session>& found) {
        store::ReadControl control{.stop = stop};
        if (m_onProgress) control.onProgress = [&](double share) { m_onProgress(found->id().hex(), share); };
        // addFile() puts no others there.
        return std::static_pointer_cast<service::StoredSession>(found)->view(control);
      })
      .map([this](query::SharedView view) {
        m_registry.remember(view);
        return view;
      });
}

Result<std::vector<v1::SessionInfo>> FileSource::sessions(std::stop_token) {
  std::vector<v1::SessionInfo> infos;
  for (const auto& session : m_registry.all()) infos.push_back(session->info());
  return infos;
}

Result<v1::Summary> FileSource::summary(const std::string& session, std::stop_token stop) {
  return viewOf(session, stop).map([](const query::SharedView& view) {
    return query::summaryOf(query::overviewOf(*view));
  });
}

Result<Profile> FileSource::profile(const std::string& session, const When& when, std::stop_token stop) {
  const auto view = viewOf(session, stop);
  if (!view) return tl::unexpected(view.error());
  if (when.isNow()) return profileOf(*view);
  const service::InstantQuery query{.at = when.at, .from = when.from, .gone = when.gone, .only = when.only};
  return service::viewAt(*view, query, [&stop] { return stop.stop_requested(); })
      .map([](const service::InstantView& then) {
        Profile profile = profileOf(then.view);
        profile.instant = then.report;
        return profile;
      });
}

Result<Description> FileSource::description(const std::string& session, std::stop_token stop) {
  return viewOf(session, stop).map([](const query::SharedView& view) {
    return Description{.definitions = view->definitions,
                       .summary = query::summaryOf(query::overviewOf(*view))};
  });
}

Result<ProfileSource::Blocks> FileSource::blocks(const std::string& session, const v1::Instant& at,
                                                 const model::BlockQuery& query, std::stop_token stop) {
  return viewOf(session, stop).and_then([&](const query::SharedView& view) {
    return service::blocksAt(view, at, query, [&stop] { return stop.stop_requested(); })
        .map([](service::BlocksAt found) {
          return Blocks{.blocks = std::move(found.blocks), .instant = std::move(found.report)};
        });
  });
}

Result<model::AddressHistory> FileSource::lives(const std::string& session, std::uint64_t fromAddress,
                                                std::uint64_t toAddress, std::uint64_t limit,
                                                std::stop_token stop) {
  return viewOf(session, stop).and_then([&](const query::SharedView& view) {
    return service::livesAt(view, fromAddress, toAddress, limit, [&stop] { return stop.stop_requested(); });
  });
}

Result<model::TimelineSteps> FileSource::timelineSteps(const std::string& session,
                                                       const model::StepsQuery& query,
                                                       const HearShare& onProgress, std::stop_token stop) {
  return viewOf(session, stop).and_then([&](const query::SharedView& view) {
    return service::stepsOf(
        view, query, [&stop] { return stop.stop_requested(); }, slowly(onProgress));
  });
}

Result<model::TimelineSeries> FileSource::timelineSeries(const std::string& session,
                                                         const model::SeriesQuery& query,
                                                         const HearShare& onProgress, std::stop_token stop) {
  return viewOf(session, stop).and_then([&](const query::SharedView& view) {
    return service::seriesOf(
        view, query, [&stop] { return stop.stop_requested(); }, slowly(onProgress));
  });
}

Result<model::ThreadMatrix> FileSource::threadMatrix(const std::string& session,
                                                     const model::ThreadMatrixQuery& query,
                                                     const HearShare& onProgress, std::stop_token stop) {
  return viewOf(session, stop).and_then([&](const query::SharedView& view) {
    return service::threadMatrixOf(
        view, query, [&stop] { return stop.stop_requested(); }, slowly(onProgress));
  });
}

Result<Refreshed> FileSource::refresh(const Profile& before, std::stop_token) {
  return Refreshed{.profile = before, .changes = {}};
}

Result<std::vector<v1::FindingReport>> FileSource::findings(const std::string& session,
                                                            std::stop_token stop) {
  return viewOf(session, stop).map([](const query::SharedView& view) {
    return query::findingReports(*view);
  });
}

Result<v1::Timeline> FileSource::timeline(const std::string& session, std::stop_token stop) {
  return viewOf(session, stop).map([](const query::SharedView& view) {
    v1::Timeline timeline = query::timelineOf(view->history.timeline);
    query::addResident(view->history.resident, timeline);
    return timeline;
  });
}

Result<std::vector<model::SiteHistory>> FileSource::histories(const std::string& session,
                                                              const model::HistoryQuery& query,
                                                              std::stop_token stop) {
  return viewOf(session, stop).and_then([&](const query::SharedView& view) {
    return service::historiesOf(*view, query, [&stop] { return stop.stop_requested(); });
  });
}

Result<void> FileSource::watch(const std::string& session, std::chrono::milliseconds,
                               const std::function<void(const v1::Status&)>&, std::stop_token) {
  return m_registry.find(session).map([](const auto&) {});
}

Result<void> FileSource::command(const std::string& session, const v1::ControlCommand&, std::stop_token) {
  return m_registry.find(session).and_then([&](const auto&) -> Result<void> {
    return failure(Code::NotFound, session, "is a file, and is not being recorded here");
  });
}

}  // namespace heaptap::client
