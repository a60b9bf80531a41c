// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sessions/session_watch.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "gui/client/asking/reply_reader.h"

namespace heaptap::gui {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kStatusInterval = 250ms;
constexpr std::chrono::milliseconds kRefreshInterval = 1s;
/// An answer that took a second is followed by three of rest.
constexpr int kRestForWork = 3;
/// Turns, as this thread may have been busy itself: what has come meanwhile is then delivered before the
/// second.
constexpr std::chrono::milliseconds kListeningInterval = 2s;
constexpr int kSilentTurns = 2;

std::chrono::milliseconds restAfter(const QElapsedTimer& work) {
  return std::max(kRefreshInterval, kRestForWork * std::chrono::milliseconds(work.elapsed()));
}

}  // namespace

SessionWatch::SessionWatch(QueryClient& client, const QString& session, QObject* parent)
    : QObject(parent),
      m_client(client),
      m_session(session),
      m_track(std::make_shared<SessionTrack>(session.toStdString())) {
  for (QTimer* timer : {&m_nextOverview, &m_nextPicture}) timer->setSingleShot(true);
  connect(&m_nextOverview, &QTimer::timeout, this, &SessionWatch::askForOverview);
  connect(&m_nextPicture, &QTimer::timeout, this, &SessionWatch::askForPicture);
  m_listening.setInterval(kListeningInterval);
  connect(&m_listening, &QTimer::timeout, this, &SessionWatch::listen);
  askForOverview();
}

SessionWatch::~SessionWatch() = default;

void SessionWatch::askForOverview() {
  m_nextOverview.stop();
  m_sinceOverview.start();
  m_overview = m_client.ask<Result<Overview>>(
      [session = m_session.toStdString()](client::ProfileSource& source,
                                          const std::shared_ptr<Ticket>& ticket) -> Result<Overview> {
        auto summary = source.summary(session, ticket->stop());
        if (!summary) return tl::unexpected(std::move(summary.error()));
        auto timeline = source.timeline(session, ticket->stop()).and_then(readTimeline);
        if (!timeline) return tl::unexpected(std::move(timeline.error()));
        return Overview{readSummary(*summary), std::move(*timeline)};
      },
      [this](const Result<Overview>& overview) {
        if (!overview) return fail(overview.error());
        take(*overview);
      });
}

void SessionWatch::askForPicture() {
  m_nextPicture.stop();
  m_sincePicture.start();
  m_picture = m_client.ask<Result<Picture>>(
      [track = m_track](client::ProfileSource& source, const std::shared_ptr<Ticket>& ticket) {
        return track->next(source, ticket->stop());
      },
      [this](const Result<Picture>& picture) {
        if (!picture) return fail(picture.error());
        take(*picture);
      });
}

void SessionWatch::show(const Summary& summary) {
  const std::optional<quint64> moment = summary.session.isLive() ? summary.session.durationNs : std::nullopt;
  const bool isOlder = moment && m_shownNs && *moment < *m_shownNs;
  if (isOlder || (summary.session.isLive() && (m_hasFinalOverview || m_hasFinalPicture))) return;
  if (moment) m_shownNs = moment;
  emit summaryArrived(summary);
}

void SessionWatch::listen() {
  if (m_isSilent || ++m_unheardTurns < kSilentTurns) return;
  m_isSilent = true;
  emit fellSilent();
}

void SessionWatch::heard() {
  m_unheardTurns = 0;
  if (!std::exchange(m_isSilent, false)) return;
  // Waiting for the source was no work of it: no rest is due for that.
  m_sinceOverview.start();
  m_sincePicture.start();
  if (m_nextOverview.isActive()) askForOverview();
  if (m_nextPicture.isActive()) askForPicture();
  emit answersAgain();
}

void SessionWatch::take(const Overview& overview) {
  heard();
  const bool isLive = overview.summary.session.isLive();
  m_hasFinalOverview = !isLive;
  if (isLive) {
    m_nextOverview.start(restAfter(m_sinceOverview));
    // A collector that ends the stream at once, of a session that it calls live, is not asked in a circle.
    const bool isTooSoon = m_sinceFollowed.isValid() && !m_sinceFollowed.hasExpired(kRefreshInterval.count());
    if (!m_statuses.isUnderWay() && !isTooSoon) followStatus();
  } else {
    m_statuses.cancel();
    m_listening.stop();
    m_nextPicture.stop();
  }
  if (!m_picture.isUnderWay() && !m_nextPicture.isActive() && !m_hasFinalPicture) askForPicture();
  // They failed by something that has passed.
  if (m_hasFinalPicture && !m_hasHistories && !m_histories.isUnderWay()) askForHistories();
  show(overview.summary);
  emit timelineArrived(overview.timeline);
  finishIfComplete();
}

void SessionWatch::take(const Picture& picture) {
  heard();
  const bool isLive = picture.summary.session.isLive();
  m_hasFinalPicture = !isLive;
  if (m_hasFinalOverview && isLive)
    askForPicture();  // What was asked before the end is not the last word.
  else if (isLive)
    m_nextPicture.start(restAfter(m_sincePicture));
  else if (!m_hasFinalOverview)
    askForOverview();
  show(picture.summary);
  emit sitesArrived(picture.sites);
  emit leaksArrived(picture.leaks);
  emit findingsArrived(picture.findings);
  if (!isLive) {
    m_hasHistories = !picture.leaks || picture.leaks->empty();
    if (!m_hasHistories) askForHistories();
  }
  finishIfComplete();
}

void SessionWatch::judgeBy(Rules rules) {
  m_track->judgeBy(std::move(rules));
  if (m_hasFinalPicture)
    askForLeaks();
  else if (m_picture.isUnderWay())
    askForPicture();  // It may have been judged already.
}

void SessionWatch::askForLeaks() {
  m_hasHistories = false;
  m_histories = m_client.ask<Leaks>(
      [track = m_track](client::ProfileSource&, const std::shared_ptr<Ticket>&) { return track->leaks(); },
      [this](const Leaks& leaks) {
        m_hasHistories = !leaks || leaks->empty();
        emit leaksArrived(leaks);
        m_hasHistories ? finishIfComplete() : askForHistories();
      });
}

void SessionWatch::askForHistories() {
  m_histories = m_client.ask<Result<Leaks>>(
      [track = m_track](client::ProfileSource& source, const std::shared_ptr<Ticket>& ticket) {
        return track->leaksWithHistories(source, ticket->stop());
      },
      [this](const Result<Leaks>& leaks) {
        // A collector of before does not know the question; the leaks are there without the answer.
        if (!leaks && leaks.error().isPassing) return fail(leaks.error());
        m_hasHistories = true;
        if (leaks) emit leaksArrived(*leaks);
        finishIfComplete();
      });
}

void SessionWatch::finishIfComplete() {
  if (m_hasFinalOverview && m_hasFinalPicture && m_hasHistories) emit finished();
}

void SessionWatch::followStatus() {
  m_sinceFollowed.start();
  m_statuses = m_client.ask<Result<void>>(
      [this, session = m_session.toStdString(), &client = m_client](client::ProfileSource& source,
                                                                    const std::shared_ptr<Ticket>& ticket) {
        const auto onStatus = [&](const v1::Status& status) {
          client.deliver(ticket, [this, read = readStatus(status)] {
            if (!m_listening.isActive()) m_listening.start();
            heard();
            emit statusArrived(read);
          });
        };
        return source.watch(session, kStatusInterval, onStatus, ticket->stop());
      },
      [this](const Result<void>& end) {
        if (!end) return fail(end.error());
        if (!m_hasFinalOverview) askForOverview();  // The session has ended.
      });
}

void SessionWatch::fail(const Error& error) {
  m_overview.cancel();
  m_picture.cancel();
  m_histories.cancel();
  m_statuses.cancel();
  m_nextPicture.stop();
  m_nextOverview.stop();
  m_listening.stop();  // What has failed is known not to answer.
  if (error.isPassing) m_nextOverview.start(kRefreshInterval);
  emit failed(error);
}

}  // namespace heaptap::gui
