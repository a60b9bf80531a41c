// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>
#include <vector>

namespace heaptap::gui {

/// What one colour of a picture means.
struct Meaning {
  QColor colour;
  QString text;
};

/// What the colours of a picture mean, in one line; those that have no room are left out, and are in the
/// tool tip.
class Legend : public QWidget {
  Q_OBJECT

 public:
  explicit Legend(QWidget* parent = nullptr);

  void setMeanings(std::vector<Meaning> meanings);
  /// How many of them have room.
  [[nodiscard]] std::size_t shown() const;

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] double widthOf(const Meaning& meaning) const;

  std::vector<Meaning> m_meanings;
};

}  // namespace heaptap::gui
