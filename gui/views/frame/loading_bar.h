// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QWidget>

#include "gui/views/elided_label.h"

namespace heaptap::gui {

/// What is going on, how far it is, and a button that ends it. It comes after a moment only: what is done at
/// once shows nothing.
class LoadingBar : public QWidget {
  Q_OBJECT

 public:
  explicit LoadingBar(QWidget* parent = nullptr);

  /// From now on, `what` is going on; how far is not known yet.
  void begin(const QString& what);
  /// From 0 to 1. Does nothing when nothing is going on.
  void setProgress(double share);
  void end();

  [[nodiscard]] bool isGoingOn() const { return m_isGoingOn; }
  [[nodiscard]] QString text() const { return m_text->text(); }
  [[nodiscard]] const QProgressBar& progress() const { return *m_progress; }
  [[nodiscard]] QPushButton& cancelButton() { return *m_cancel; }

 signals:
  void cancelWanted();

 private:
  ElidedLabel* m_text;
  QProgressBar* m_progress;
  QPushButton* m_cancel;
  QTimer m_wait;
  bool m_isGoingOn = false;
};

}  // namespace heaptap::gui
