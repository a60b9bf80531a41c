// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QTimer>

#include "gui/client/asking/query_client.h"
#include "gui/models/sessions/session.h"

namespace heaptap::gui {

/// Keeps the list of a collector's sessions up to date: asks every second or so for as long as it lives.
/// A collector that serves files only is asked until it has answered, and again by refresh().
/// Threads: GUI thread; never blocks.
class SessionLister : public QObject {
  Q_OBJECT

 public:
  enum class Sessions { ComeAndGo, Fixed };

  /// `client` must outlive this. Asks at once.
  SessionLister(QueryClient& client, Sessions sessions, QObject* parent = nullptr);

  /// Asks now, unless a question is under way.
  void refresh();

 signals:
  void listed(const heaptap::gui::SessionList& sessions);
  /// There is no list. What may pass is asked again.
  void failed(const heaptap::Error& error);

 private:
  QueryClient& m_client;
  Sessions m_sessions;
  QTimer m_pause;
  Request m_request;
};

}  // namespace heaptap::gui
