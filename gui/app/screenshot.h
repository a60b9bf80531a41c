// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <functional>
#include <optional>

#include "base/error.h"
#include "gui/app/viewer.h"

namespace heaptap::gui {

/// Paints the window into a PNG file once the viewer shows all of a session, and then says so.
/// Threads: GUI thread.
class Screenshot : public QObject {
  Q_OBJECT

 public:
  /// `view`: the one to paint; empty: the one that the viewer opens on. Both references must outlive this.
  /// `onDone`: called once. Errors: the one for which there is no session; NotFound: it has no such view;
  /// NotWritable: the file.
  Screenshot(Viewer& viewer, MainWindow& window, QString file, QString view,
             std::function<void(const Result<void>&)> onDone);

 private:
  void begin();
  Result<void> paint();
  void end(const Result<void>& outcome);

  MainWindow& m_window;
  QString m_file;
  QString m_view;
  QTimer m_look;  ///< Whether everything is there by now.
  std::function<void(const Result<void>&)> m_onDone;
};

}  // namespace heaptap::gui
