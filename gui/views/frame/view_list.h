// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QListWidget>

#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// The names of all views that a session has something for, to choose one.
/// Rows are positions in the list of views; those that are not offered are hidden.
class ViewList : public QListWidget {
  Q_OBJECT

 public:
  explicit ViewList(const QList<View*>& views, QWidget* parent = nullptr);

  /// Names, counts and what is offered, as the views say it now.
  void refresh();
  /// Which view is shown.
  void setCurrent(int position);
  /// The name of a view, as it is listed.
  [[nodiscard]] QString titleOf(int position) const { return item(position)->text(); }
  /// Its colour, where it is to be noticed.
  [[nodiscard]] QColor colourOf(int position) const;

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 signals:
  void chosen(int position);
  /// It shall be shown beside the one that is shown now.
  void chosenBeside(int position);

 protected:
  void changeEvent(QEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  const QList<View*> m_views;
  bool m_isFollowing = false;  ///< The current row changes by no choice of the user.
};

}  // namespace heaptap::gui
