// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractScrollArea>
#include <memory>
#include <optional>
#include <vector>

#include "gui/models/address_map/map_layout.h"
#include "gui/views/address_map/map_colours.h"

class QHelpEvent;

namespace heaptap::gui {

/// The pages of a heap as small squares, row by row, filled as far as blocks use them. Gaps are folded. The
/// arrow keys go from page to page, plus, minus and Ctrl with the wheel make them larger or smaller, a click
/// or Enter chooses one.
/// Cost: what is seen, however large the map is.
/// Threads: GUI thread.
class MapCanvas : public QAbstractScrollArea {
  Q_OBJECT

 public:
  explicit MapCanvas(QWidget* parent = nullptr);

  /// The current cell stays where its address is.
  void setMap(const AddressMap& map);
  [[nodiscard]] const AddressMap& map() const { return m_map; }
  void setColouring(MapColouring colouring);
  void setEmptyText(const QString& text);
  [[nodiscard]] const QString& emptyText() const { return m_emptyText; }

  /// Width of a cell in pixels.
  void setZoom(int cellPixels);
  [[nodiscard]] int zoom() const { return m_cellPixels; }

  /// The cell that keys act on, by its number; none: nothing was chosen.
  [[nodiscard]] const std::optional<quint64>& current() const { return m_current; }
  void setCurrent(const std::optional<quint64>& cell);
  /// What is said of the cell under the pointer, or of the current one; or empty.
  [[nodiscard]] QString readOut() const;
  [[nodiscard]] std::vector<Meaning> legend() const;

  [[nodiscard]] const std::vector<MapRow>& rows() const { return m_rows; }
  /// As it is painted, in pixels of the viewport; empty: it is folded.
  [[nodiscard]] QRect rectOf(quint64 cell) const;
  [[nodiscard]] std::optional<quint64> cellAt(const QPoint& at) const;

  [[nodiscard]] QSize sizeHint() const override { return {480, 320}; }
  [[nodiscard]] QSize minimumSizeHint() const override;

  static constexpr int kLeastZoom = 3;
  static constexpr int kMostZoom = 32;

 signals:
  void readOutChanged();
  void legendChanged();
  /// The user has chosen a cell that has blocks.
  void chosen(quint64 cell);

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool viewportEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;
  void scrollContentsBy(int dx, int dy) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  void layOut();
  void tell();
  void choose(quint64 cell);
  void goBeside(int direction);
  void goToRow(int direction);
  void showRow(std::size_t row);
  void setHovered(const std::optional<quint64>& cell);
  [[nodiscard]] std::optional<std::size_t> rowOf(quint64 cell) const;
  [[nodiscard]] std::optional<quint64> cellOfRow(std::size_t row, quint64 column) const;
  [[nodiscard]] int gutter() const;
  [[nodiscard]] int heightOf(const MapRow& row) const;
  [[nodiscard]] int topOf(std::size_t row) const;
  [[nodiscard]] std::size_t rowAtY(int y) const;
  void paintCells(QPainter& painter, const MapRow& row, int top, const MapColours& colours) const;
  void paintFold(QPainter& painter, const MapRow& row, int top, const MapColours& colours) const;
  void showTip(QHelpEvent& event);

  AddressMap m_map;
  MapColouring m_colouring = MapColouring::Site;
  std::unique_ptr<MapColours> m_colours;  ///< Of m_map.
  QString m_emptyText;
  int m_cellPixels = 8;
  std::size_t m_columns = 64;
  std::vector<MapRow> m_rows;
  std::vector<int> m_tops;  ///< By row, and behind the last.
  std::optional<quint64> m_current;
  std::optional<quint64> m_hovered;
};

}  // namespace heaptap::gui
