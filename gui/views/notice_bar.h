// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>
#include <QWidget>

namespace heaptap::gui {

/// A strip in the warning colour above what it concerns. Hidden while there is nothing to say.
class NoticeBar : public QWidget {
  Q_OBJECT

 public:
  enum class Stays { UntilCleared, UntilDismissed };

  /// A bar that stays until it is dismissed has a button for that.
  explicit NoticeBar(Stays stays, QWidget* parent = nullptr);

  /// One line or several; empty hides the bar.
  void setText(const QString& text);
  [[nodiscard]] QString text() const { return m_text->text(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QLabel* m_text;
};

}  // namespace heaptap::gui
