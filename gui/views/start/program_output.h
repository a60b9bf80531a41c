// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDockWidget>
#include <QPlainTextEdit>
#include <QTimer>
#include <QToolButton>

#include "gui/views/elided_label.h"

namespace heaptap::gui {

/// What a program that is profiled writes, and a button that asks it to end. Hidden until one is started.
class ProgramOutput : public QDockWidget {
  Q_OBJECT

 public:
  explicit ProgramOutput(QWidget* parent = nullptr);

  /// A program was started, called so.
  void begin(const QString& command);
  /// As it was written: the last lines are kept.
  void add(const QString& text);
  /// It has ended; in words.
  void end(const QString& how);

  /// What is shown by now.
  [[nodiscard]] QString text() const { return m_text->toPlainText(); }
  [[nodiscard]] QString state() const { return m_state->text(); }
  [[nodiscard]] QToolButton& stopButton() { return *m_stop; }

 signals:
  void stopWanted();

 private:
  void showWaiting();

  QTimer m_show;
  QString m_waiting;  ///< Is shown in a moment.
  ElidedLabel* m_state;
  QToolButton* m_stop;
  QPlainTextEdit* m_text;
};

}  // namespace heaptap::gui
