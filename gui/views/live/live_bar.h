// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QToolButton>
#include <QWidget>

#include "gui/models/sessions/live_command.h"

namespace heaptap::gui {

/// What can be done to a session while it is recorded: buttons, for the mouse and the keyboard. Names are
/// asked for, and the end of the record is confirmed, in dialogs that keep nothing from going on.
class LiveBar : public QWidget {
  Q_OBJECT

 public:
  explicit LiveBar(QWidget* parent = nullptr);

  /// Whether no allocations are recorded: the button that pauses looks pressed as long.
  void setPaused(bool isPaused);
  [[nodiscard]] QToolButton& button(LiveCommand::Kind kind) const;
  /// Begins with what the button of a kind does: sends it, or asks first.
  void begin(LiveCommand::Kind kind);

 signals:
  void wanted(const heaptap::gui::LiveCommand& command);

 private:
  void askName(LiveCommand::Kind kind);
  void confirmStop();

  QList<QToolButton*> m_buttons;  ///< By kind.
  bool m_isPaused = false;
  int m_named = 0;  ///< How many names were proposed.
};

}  // namespace heaptap::gui
