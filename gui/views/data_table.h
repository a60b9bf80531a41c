// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTableView>

namespace heaptap::gui {

/// The look and the keys that all tables share: whole rows, no grid, one line a row, Tab leaves the table,
/// Ctrl+C copies the selected rows as tab-separated text with their titles.
class DataTable : public QTableView {
  Q_OBJECT

 public:
  explicit DataTable(QWidget* parent = nullptr);

  /// Shown in place of rows when there are none.
  void setEmptyText(const QString& text);
  [[nodiscard]] const QString& emptyText() const { return m_emptyText; }

  /// Gives one column the room that the others leave; else it is the last one.
  void stretchColumn(int column);

  /// The selected rows in the order shown, visible columns only.
  [[nodiscard]] QString selectedText() const;
  void copySelection() const;

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  QString m_emptyText;
};

}  // namespace heaptap::gui
