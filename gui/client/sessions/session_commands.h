// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <deque>

#include "gui/client/asking/query_client.h"
#include "gui/models/sessions/live_command.h"

namespace heaptap::gui {

/// Passes commands on to the relay of a session, one after the other in the order in which they were given.
/// Those that are still waiting when this goes are not sent. Threads: GUI thread; never blocks.
class SessionCommands : public QObject {
  Q_OBJECT

 public:
  /// `client` must outlive this. `session`: an id or a unique prefix of one.
  SessionCommands(QueryClient& client, const QString& session, QObject* parent = nullptr);

  void send(const LiveCommand& command);

 signals:
  /// It is done, as far as docs/control.md says.
  void done(const heaptap::gui::LiveCommand& command);
  void failed(const heaptap::gui::LiveCommand& command, const heaptap::Error& error);

 private:
  void next();

  QueryClient& m_client;
  QString m_session;
  std::deque<LiveCommand> m_waiting;  ///< The first one is under way.
  Request m_request;
};

}  // namespace heaptap::gui
