// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMenu>
#include <QWidget>
#include <memory>

#include "gui/models/filter/filter_term.h"

namespace heaptap::gui {

/// One term of the filter that stays: `module: libfoo ×`. A click on it types it anew; the cross, Delete and
/// Backspace take it away; N turns it into its opposite.
class FilterChip : public QWidget {
  Q_OBJECT

 public:
  explicit FilterChip(FilterTerm term, QWidget* parent = nullptr);

  [[nodiscard]] const FilterTerm& term() const { return m_term; }
  /// Whether the view that is shown takes notice of it; where it does not, it is dimmed and says so.
  void setFollowed(bool isFollowed);
  [[nodiscard]] bool isFollowed() const { return m_isFollowed; }
  /// Owns: the caller.
  [[nodiscard]] std::unique_ptr<QMenu> contextMenu();

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 signals:
  void editWanted();
  void removeWanted();
  void invertWanted();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  [[nodiscard]] QRect crossRect() const;

  FilterTerm m_term;
  QString m_text;
  bool m_isFollowed = true;
};

}  // namespace heaptap::gui
