// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

namespace heaptap::gui {

/// One line of plain text that ends in `…` where there is no room; the tool tip has all of it then.
class ElidedLabel : public QWidget {
  Q_OBJECT

 public:
  explicit ElidedLabel(QWidget* parent = nullptr);

  void setText(const QString& text);
  [[nodiscard]] const QString& text() const { return m_text; }
  void setMuted(bool muted) { m_isMuted = muted; }

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

 private:
  QString m_text;
  bool m_isMuted = false;
};

}  // namespace heaptap::gui
