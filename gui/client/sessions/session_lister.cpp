// SPDX-License-Identifier: Apache-2.0
#include "gui/client/sessions/session_lister.h"

#include <chrono>

#include "gui/client/asking/reply_reader.h"

namespace heaptap::gui {

SessionLister::SessionLister(QueryClient& client, Sessions sessions, QObject* parent)
    : QObject(parent), m_client(client), m_sessions(sessions) {
  m_pause.setSingleShot(true);
  m_pause.setInterval(std::chrono::seconds(1));
  connect(&m_pause, &QTimer::timeout, this, &SessionLister::refresh);
  refresh();
}

void SessionLister::refresh() {
  if (m_request.isUnderWay()) return;
  m_pause.stop();
  m_request = m_client.ask<Result<SessionList>>(
      [](client::ProfileSource& source, const std::shared_ptr<Ticket>& ticket) {
        return source.sessions(ticket->stop()).map([](const std::vector<v1::SessionInfo>& infos) {
          SessionList sessions;
          for (const v1::SessionInfo& info : infos) sessions.push_back(readSession(info));
          return sessions;
        });
      },
      [this](Result<SessionList> answer) {
        const bool goesOn = answer ? m_sessions == Sessions::ComeAndGo : answer.error().isPassing;
        if (goesOn) m_pause.start();
        if (answer)
          emit listed(*answer);
        else
          emit failed(answer.error());
      });
}

}  // namespace heaptap::gui
