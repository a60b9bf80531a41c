// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>
#include <QPushButton>
#include <QWidget>

namespace heaptap::gui {

/// What the window shows when there is no session to show: what is the case, and what one can do about it.
class MessagePage : public QWidget {
  Q_OBJECT

 public:
  explicit MessagePage(QWidget* parent = nullptr);

  /// `canRetry`: a button offers to try again.
  void show(const QString& title, const QString& text, bool canRetry = false);
  [[nodiscard]] QString title() const { return m_title->text(); }
  [[nodiscard]] QString text() const { return m_text->text(); }

 signals:
  void openWanted();
  void attachWanted();
  void retryWanted();

 private:
  QLabel* m_title;
  QLabel* m_text;
  QPushButton* m_retry;
};

}  // namespace heaptap::gui
