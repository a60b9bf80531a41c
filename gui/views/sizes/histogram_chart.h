// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QHash>
#include <QWidget>
#include <optional>

#include "gui/models/histograms/histogram.h"
#include "gui/models/histograms/histogram_text.h"
#include "gui/models/timeline/axis.h"
#include "gui/views/painting/hues.h"
#include "gui/views/painting/legend.h"

class QHelpEvent;

namespace heaptap::gui {

/// A histogram as bars that are stacked by call sites. Left and right go from bar to bar, up and down from
/// part to part; a click or Enter tells which one is chosen.
/// Threads: GUI thread.
class HistogramChart : public QWidget {
  Q_OBJECT

 public:
  /// What keys act on: a bar, or one part of it.
  struct Place {
    std::size_t bar = 0;
    std::optional<std::size_t> series = {};
    bool operator==(const Place&) const = default;
  };

  explicit HistogramChart(HistogramAxis axis, QWidget* parent = nullptr);

  /// Null: there is none. The current bar stays where its range does.
  void setHistogram(const Histogram* histogram, HistogramUnit unit);
  /// Shown where there are no bars.
  void setEmptyText(const QString& text);
  [[nodiscard]] const QString& emptyText() const { return m_emptyText; }
  /// Which functions have which colours; those that have none share one.
  void setColours(const QHash<QString, std::size_t>& colours);

  [[nodiscard]] const Histogram& histogram() const { return m_histogram; }
  [[nodiscard]] const std::optional<Place>& current() const { return m_current; }
  void setCurrent(const std::optional<Place>& place);
  /// What is said of the place under the pointer, or of the current one; or empty.
  [[nodiscard]] QString readOut() const;
  /// What the colours mean.
  [[nodiscard]] std::vector<Meaning> legend() const;

  /// As it is painted, in pixels.
  [[nodiscard]] QRectF rectOf(const Place& place) const;
  [[nodiscard]] std::optional<Place> placeAt(const QPointF& at) const;
  [[nodiscard]] QColor colourOf(std::size_t series) const;

  [[nodiscard]] QSize sizeHint() const override { return {480, 200}; }
  [[nodiscard]] QSize minimumSizeHint() const override;

 signals:
  void readOutChanged();
  /// The user has clicked at a place, or pressed Enter. `wantsPart`: its function rather than its range.
  void chosen(std::size_t bar, std::optional<std::size_t> series, bool wantsPart);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  void layOut();
  void goToBar(std::size_t bar);
  void goToPart(int direction);
  void setHovered(const std::optional<Place>& place);
  void tell();
  [[nodiscard]] double heightOf(quint64 value) const;
  [[nodiscard]] QRectF columnOf(std::size_t bar) const;
  void paintAxis(QPainter& painter) const;
  void paintRanges(QPainter& painter) const;

  HistogramAxis m_axisKind;
  Histogram m_histogram;
  HistogramUnit m_unit = HistogramUnit::Bytes;
  QString m_emptyText;
  QHash<QString, std::size_t> m_colours;
  Hues m_hues;
  QRectF m_plot;
  Axis m_axis;
  std::optional<Place> m_current;
  std::optional<Place> m_hovered;
};

}  // namespace heaptap::gui
