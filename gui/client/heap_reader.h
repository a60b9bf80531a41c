// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QTimer>

#include "gui/client/query_client.h"
#include "gui/models/sessions/selection.h"
#include "gui/models/sessions/session_store.h"

namespace heaptap::gui {

/// Asks for the heap at the time that the user has chosen, and tells the store. What is chosen while a
/// question is under way takes its place. After an error that may pass, it asks again. Threads: GUI thread;
/// never blocks.
class HeapReader : public QObject {
  Q_OBJECT

 public:
  /// All must outlive this. `session`: an id or a unique prefix of one.
  HeapReader(QueryClient& client, const QString& session, SessionStore& store, Selection& selection,
             QObject* parent = nullptr);
  ~HeapReader() override;

 private:
  void follow();
  void ask();

  QueryClient& m_client;
  QString m_session;
  SessionStore& m_store;
  Selection& m_selection;
  QTimer m_again;
  Request m_request;
};

}  // namespace heaptap::gui
