// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QWidget>
#include <vector>

#include "gui/models/start/recent_places.h"

namespace heaptap::gui {

/// What the window shows when there is no session to show: what is the case, what one can do about it, and
/// what was looked at before.
class StartPage : public QWidget {
  Q_OBJECT

 public:
  explicit StartPage(QWidget* parent = nullptr);

  /// `canRetry`: a button offers to try again.
  void show(const QString& title, const QString& text, bool canRetry = false);
  void setRecent(const std::vector<RecentPlace>& places);
  [[nodiscard]] QString title() const { return m_title->text(); }
  [[nodiscard]] QString text() const { return m_text->text(); }
  /// Hidden while nothing was looked at before.
  [[nodiscard]] QListWidget& recent() { return *m_recent; }

 signals:
  void profileWanted();
  void openWanted();
  void attachWanted();
  void retryWanted();
  void recentWanted(const heaptap::gui::RecentPlace& place);

 private:
  void choose(const QListWidgetItem* item);

  QLabel* m_title;
  QLabel* m_text;
  QPushButton* m_retry;
  QLabel* m_recentTitle;
  QListWidget* m_recent;
  std::vector<RecentPlace> m_places;
};

}  // namespace heaptap::gui
