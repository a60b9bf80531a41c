// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "gui/client/query_client.h"

namespace heaptap::gui {

/// Follows one session: fetches everything at once, and while the session is live its status four times a
/// second and everything else every second or so (more rarely when the answers take long, so that looking
/// does not load the collector). When the session ends, everything is fetched a last time.
/// When the collector stops answering it says so, and starts anew when it is back.
/// Threads: GUI thread; never blocks.
class SessionWatch : public QObject {
  Q_OBJECT

 public:
  /// `client` must outlive this. `session`: an id or a unique prefix of one.
  SessionWatch(QueryClient& client, const QString& session, QObject* parent = nullptr);

  [[nodiscard]] const QString& session() const { return m_session; }

 signals:
  void summaryArrived(const heaptap::gui::Summary& summary);
  void timelineArrived(const heaptap::gui::Timeline& timeline);
  void sitesArrived(const heaptap::gui::Sites& sites);
  void findingsArrived(const heaptap::gui::Findings& findings);
  void statusArrived(const heaptap::gui::LiveStatus& status);
  /// Everything that there will ever be has arrived.
  void finished();
  /// A question failed; the watch goes on by itself.
  void failed(const heaptap::Error& error);

 private:
  /// All of it, asked in one go. The summary comes first: when it says that the session has ended, what
  /// follows is final.
  struct Picture {
    Summary summary;
    Timeline timeline;
    Sites sites;
    Findings findings;
  };
  static Result<Picture> fetch(const QueryCalls& calls, Ticket& ticket, const std::string& session);

  void refresh();
  void followStatus();
  void take(const Picture& picture);
  void fail(const Error& error);

  QueryClient& m_client;
  QString m_session;
  QTimer m_nextRefresh;
  QElapsedTimer m_sinceAsked;
  QElapsedTimer m_sinceFollowed;
  Request m_refresh;
  Request m_statuses;
};

}  // namespace heaptap::gui
