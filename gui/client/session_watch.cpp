// SPDX-License-Identifier: Apache-2.0
#include "gui/client/session_watch.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace heaptap::gui {
namespace {

using namespace std::chrono_literals;

constexpr quint32 kStatusIntervalMs = 250;
constexpr std::chrono::milliseconds kRefreshInterval = 1s;
/// A refresh that took a second is followed by three of rest.
constexpr int kRestForWork = 3;

}  // namespace

SessionWatch::SessionWatch(QueryClient& client, const QString& session, QObject* parent)
    : QObject(parent), m_client(client), m_session(session) {
  m_nextRefresh.setSingleShot(true);
  connect(&m_nextRefresh, &QTimer::timeout, this, &SessionWatch::refresh);
  refresh();
}

Result<SessionWatch::Picture> SessionWatch::fetch(const QueryCalls& calls, Ticket& ticket,
                                                  const std::string& session) {
  auto summary = calls.summary(ticket.nextCall(), session);
  if (!summary) return tl::unexpected(std::move(summary.error()));
  auto timeline = calls.timeline(ticket.nextCall(), session);
  if (!timeline) return tl::unexpected(std::move(timeline.error()));
  auto sites = calls.sites(ticket.nextCall(), session);
  if (!sites) return tl::unexpected(std::move(sites.error()));
  Findings findings = std::make_shared<const std::vector<Finding>>();
  if (summary->findings != 0) {
    auto found = calls.findings(ticket.nextCall(), session);
    if (!found) return tl::unexpected(std::move(found.error()));
    findings = std::move(*found);
  }
  return Picture{std::move(*summary), std::move(*timeline), std::move(*sites), std::move(findings)};
}

void SessionWatch::refresh() {
  m_nextRefresh.stop();
  m_sinceAsked.start();
  m_refresh = m_client.ask<Result<Picture>>(
      [session = m_session.toStdString()](const QueryCalls& calls, const std::shared_ptr<Ticket>& ticket) {
        return fetch(calls, *ticket, session);
      },
      [this](Result<Picture> picture) {
        if (!picture) return fail(picture.error());
        take(*picture);
      });
}

void SessionWatch::take(const Picture& picture) {
  const bool isLive = picture.summary.session.isLive();
  if (isLive) {
    m_nextRefresh.start(
        std::max(kRefreshInterval, kRestForWork * std::chrono::milliseconds(m_sinceAsked.elapsed())));
    // A collector that ends the stream at once, of a session that it calls live, is not asked in a circle.
    const bool isTooSoon = m_sinceFollowed.isValid() && !m_sinceFollowed.hasExpired(kRefreshInterval.count());
    if (!m_statuses.isUnderWay() && !isTooSoon) followStatus();
  } else {
    m_statuses.cancel();
  }
  emit summaryArrived(picture.summary);
  emit timelineArrived(picture.timeline);
  emit sitesArrived(picture.sites);
  emit findingsArrived(picture.findings);
  if (!isLive) emit finished();
}

void SessionWatch::followStatus() {
  m_sinceFollowed.start();
  m_statuses = m_client.ask<Result<void>>(
      [this, session = m_session.toStdString(), &client = m_client](const QueryCalls& calls,
                                                                    const std::shared_ptr<Ticket>& ticket) {
        return calls.watch(ticket->nextCall(), session, kStatusIntervalMs, [&](const LiveStatus& status) {
          client.deliver(ticket, [this, status] { emit statusArrived(status); });
        });
      },
      [this](const Result<void>& end) {
        if (!end) return fail(end.error());
        refresh();  // The session has ended: what was asked before that is not the last word.
      });
}

void SessionWatch::fail(const Error& error) {
  m_refresh.cancel();
  m_statuses.cancel();
  m_nextRefresh.start(kRefreshInterval);
  emit failed(error);
}

}  // namespace heaptap::gui
