// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>

#include "gui/client/asking/query_client.h"
#include "gui/client/sites/site_series.h"
#include "gui/models/sessions/selection.h"
#include "gui/models/sessions/session_store.h"

namespace heaptap::gui {

/// Asks for the heap at the time and with the count that the user has chosen, and tells the store. What is
/// chosen while a question is under way takes its place. What is of now is asked for again as the session
/// goes on, after a rest of nine times as long as the answer has taken: a tenth of a core at most. After an
/// error that may pass, it asks again. Threads: GUI thread; never blocks.
class HeapReader : public QObject {
  Q_OBJECT

 public:
  /// All must outlive this. `session`: an id or a unique prefix of one.
  HeapReader(QueryClient& client, const QString& session, SessionStore& store, Selection& selection,
             QObject* parent = nullptr);
  ~HeapReader() override;

 private:
  void follow();
  void followNewer();
  void ask();
  [[nodiscard]] HeapWish wish() const;

  QueryClient& m_client;
  QString m_session;
  SessionStore& m_store;
  Selection& m_selection;
  std::shared_ptr<SiteSeries> m_series;  ///< Of the wish: rows stay from one answer to the next.
  QTimer m_again;
  QTimer m_rest;
  QElapsedTimer m_asked;
  bool m_isOld = false;  ///< The session has gone on since it was asked for.
  Request m_request;
};

}  // namespace heaptap::gui
