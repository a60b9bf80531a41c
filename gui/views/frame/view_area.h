// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QMainWindow>

#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// Where views are shown: one at a time, unless the user has put others beside it or into windows of their
/// own. While one is alone, it has no title bar.
///
///     show()         in place of the one that is current
///     showBeside()   current │ view        both can be moved, closed, and taken out as windows
///
/// The current one is the one that was shown last, or has the keyboard.
class ViewArea : public QMainWindow {
  Q_OBJECT

 public:
  /// Takes all of them in. None is shown.
  explicit ViewArea(const QList<View*>& views, QWidget* parent = nullptr);
  ~ViewArea() override;

  void show(View& view);
  void showBeside(View& view);
  /// Null: none is shown.
  [[nodiscard]] View* current() const { return m_current; }

 signals:
  void currentChanged();

 private:
  void makeCurrent(View* view);
  void followFocus(const QWidget* focused);
  void followVisibility(View& view, bool isVisible);
  void fitTitleBars();
  [[nodiscard]] QList<View*> docked() const;

  QList<View*> m_views;
  View* m_current = nullptr;
  bool m_isChanging = false;  ///< What is shown and hidden is no wish of the user.
};

}  // namespace heaptap::gui
