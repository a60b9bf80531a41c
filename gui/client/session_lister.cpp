// SPDX-License-Identifier: Apache-2.0
#include "gui/client/session_lister.h"

#include <chrono>

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
      [](const QueryCalls& calls, const std::shared_ptr<Ticket>& ticket) {
        return calls.sessions(ticket->nextCall());
      },
      [this](Result<SessionList> answer) {
        if (!answer || m_sessions == Sessions::ComeAndGo) m_pause.start();
        if (answer)
          emit listed(*answer);
        else
          emit failed(answer.error());
      });
}

}  // namespace heaptap::gui
