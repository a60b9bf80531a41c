// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <vector>

#include "gui/views/flame_graph/flame_colours.h"

namespace heaptap::gui {

/// What the colours of a flame graph mean, in one line; those that have no room are left out, and are in the
/// tool tip.
class FlameLegend : public QWidget {
  Q_OBJECT

 public:
  explicit FlameLegend(QWidget* parent = nullptr);

  void setMeanings(std::vector<FlameColours::Meaning> meanings);
  /// How many of them have room.
  [[nodiscard]] std::size_t shown() const;

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] double widthOf(const FlameColours::Meaning& meaning) const;

  std::vector<FlameColours::Meaning> m_meanings;
};

}  // namespace heaptap::gui
