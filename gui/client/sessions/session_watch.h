// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>
#include <optional>

#include "gui/client/asking/query_client.h"
#include "gui/client/sessions/session_track.h"
#include "gui/models/sessions/summary.h"
#include "gui/models/timeline/timeline.h"

namespace heaptap::gui {

/// Follows one session. Two questions go on side by side, each some time after its last answer (later when
/// answers take long, so that looking does not load the collector), for as long as the session is live:
///
///     overview   summary and timeline: small, so they come first, and never wait for the rest
///     picture    call sites and findings, with the summary of the same moment; only what has changed is
///     moved
///     histories  how the leaks came to be: of a session that has ended, after everything else
///
/// Between the two, a live session's status arrives four times a second: a source that has sent one and then
/// says nothing for some seconds hangs, or cannot be reached. Calls go on waiting for it; when it answers
/// again, everything is asked for at once. When the session has ended, both are asked for a last time. After
/// an error that may pass, everything is asked for again; after any other there is nothing more to ask.
/// Threads: GUI thread; never blocks.
class SessionWatch : public QObject {
  Q_OBJECT

 public:
  using Rules = SessionTrack::Rules;

  /// `client` must outlive this. `session`: an id or a unique prefix of one. Leaks are judged by what is
  /// built in.
  SessionWatch(QueryClient& client, const QString& session, QObject* parent = nullptr);
  ~SessionWatch() override;

  [[nodiscard]] const QString& session() const { return m_session; }
  /// Leaks are judged by these from now on; those that are there arrive again.
  void judgeBy(Rules rules);

 signals:
  /// Never of an earlier moment than the one before.
  void summaryArrived(const heaptap::gui::Summary& summary);
  void timelineArrived(const heaptap::gui::Timeline& timeline);
  void sitesArrived(const heaptap::gui::Sites& sites);
  /// Before the findings of the same moment; of a session that has ended, once more with their histories, and
  /// after other rules.
  /// Null: what is live is not leaked.
  void leaksArrived(const heaptap::gui::Leaks& leaks);
  void findingsArrived(const heaptap::gui::Findings& findings);
  void statusArrived(const heaptap::gui::LiveStatus& status);
  /// Everything that there will ever be has arrived.
  void finished();
  /// The source has said nothing for some seconds, and is waited for.
  void fellSilent();
  /// After that; before what it says.
  void answersAgain();
  /// A question failed; the watch goes on by itself if the error may pass.
  void failed(const heaptap::Error& error);

 private:
  struct Overview {
    Summary summary;
    Timeline timeline;
  };

  void askForOverview();
  void askForPicture();
  void askForLeaks();
  void askForHistories();
  void followStatus();
  void heard();
  void listen();
  void take(const Overview& overview);
  void take(const Picture& picture);
  void show(const Summary& summary);
  void fail(const Error& error);
  void finishIfComplete();

  QueryClient& m_client;
  QString m_session;
  std::shared_ptr<SessionTrack> m_track;
  QTimer m_nextOverview;
  QTimer m_nextPicture;
  QTimer m_listening;
  QElapsedTimer m_sinceOverview;
  QElapsedTimer m_sincePicture;
  QElapsedTimer m_sinceFollowed;
  int m_unheardTurns = 0;            ///< Of m_listening, since something was heard.
  bool m_isSilent = false;           ///< As fellSilent() has said.
  std::optional<quint64> m_shownNs;  ///< Moment of the last summary of a live session.
  bool m_hasFinalOverview = false;   ///< Of the session that has ended.
  bool m_hasFinalPicture = false;
  bool m_hasHistories = false;  ///< Or there are none to be had.
  Request m_overview;
  Request m_picture;
  Request m_histories;  ///< Or the leaks, by other rules.
  Request m_statuses;
};

}  // namespace heaptap::gui
