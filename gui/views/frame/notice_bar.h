// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>
#include <QToolButton>
#include <QWidget>

#include "gui/views/elided_label.h"

namespace heaptap::gui {

/// A strip in the warning colour above what it concerns. Hidden while there is nothing to say. In a low
/// window it is one line, that what it is above keeps its room; the tool tip has all of it.
class NoticeBar : public QWidget {
  Q_OBJECT

 public:
  enum class Stays { UntilCleared, UntilDismissed };

  /// A bar that stays until it is dismissed has a button for that.
  explicit NoticeBar(Stays stays, QWidget* parent = nullptr);

  /// One line or several; empty hides the bar. `action`: what a button offers to do about it; empty: nothing.
  void setText(const QString& text, const QString& action = {});
  [[nodiscard]] QString text() const { return m_text->text(); }
  [[nodiscard]] QToolButton& actionButton() { return *m_action; }

 signals:
  void actionWanted();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void showEvent(QShowEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void chooseForm();

  QLabel* m_text;
  ElidedLabel* m_line;  ///< In a low window.
  QToolButton* m_action;
};

}  // namespace heaptap::gui
