// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QWidget>

#include "gui/views/elided_label.h"
#include "gui/views/frame/key_number.h"

namespace heaptap::gui {

/// Key numbers side by side, the most important one first. Where there is no room for all of them, their
/// relations are cut, then they move together, and then the last ones are left out: an ellipsis at the end
/// has these in its tool tip. No number is ever cut.
class KeyNumberRow : public QWidget {
  Q_OBJECT

 public:
  /// Owns: the numbers.
  explicit KeyNumberRow(const QList<KeyNumber*>& numbers, QWidget* parent = nullptr);

  /// Whether there is something to show for it now.
  void setUsed(KeyNumber& number, bool isUsed);
  /// To be called when what numbers show has changed.
  void fit();
  /// Those for which there was no room.
  [[nodiscard]] const QList<KeyNumber*>& leftOut() const { return m_leftOut; }

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  [[nodiscard]] QList<KeyNumber*> used() const;
  [[nodiscard]] int rowHeight() const;

  QList<KeyNumber*> m_numbers;
  QList<KeyNumber*> m_unused;
  QList<KeyNumber*> m_leftOut;
  ElidedLabel* m_more;
};

}  // namespace heaptap::gui
