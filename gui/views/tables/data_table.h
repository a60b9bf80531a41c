// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMenu>
#include <QTableView>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace heaptap::gui {

/// The look and the keys that all tables share: whole rows, no grid, one line a row, Tab leaves the table,
/// Ctrl+C copies the selected rows as tab-separated text with their titles; a menu offers that, too.
class DataTable : public QTableView {
  Q_OBJECT

 public:
  explicit DataTable(QWidget* parent = nullptr);

  /// Shown in place of rows when there are none.
  void setEmptyText(const QString& text);
  [[nodiscard]] const QString& emptyText() const { return m_emptyText; }

  /// Gives one column the room that the others leave; else it is the last one. Where that is less than so
  /// many digits, columns of `givesWay` are left out, the first of them first; never the one that the rows
  /// are sorted by.
  void stretchColumn(int column, int leastDigits = 0, std::vector<int> givesWay = {});
  /// Columns are measured in digits of the font.
  void setColumnDigits(int column, int digits);
  /// Whether the column says anything here: one that is not of use is never shown.
  void setColumnUsed(int column, bool isUsed);
  [[nodiscard]] bool isLeftOut(int column) const { return m_leftOut.contains(column); }

  /// Widths and order as the user has set them, whatever is left out just now.
  [[nodiscard]] QByteArray saveColumns();
  void restoreColumns(const QByteArray& saved);

  /// The selected rows in the order shown, visible columns only.
  [[nodiscard]] QString selectedText() const;
  void copySelection() const;

  /// What the menu of the table offers just now. Owns: the caller.
  [[nodiscard]] std::unique_ptr<QMenu> contextMenu();

  /// Titles and a row.
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void showEvent(QShowEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

  /// A text of the current row that its menu offers to copy as its stack; empty: none.
  [[nodiscard]] virtual QString currentStackText() const { return {}; }

 private:
  [[nodiscard]] int widthOf(int column) const;
  void fitColumns();
  void leaveOut(const std::set<int>& columns);

  QString m_emptyText;
  int m_stretched = -1;  ///< -1: the last column.
  int m_leastDigits = 0;
  std::vector<int> m_givesWay;
  std::set<int> m_unused;
  std::map<int, int> m_leftOut;  ///< Columns for which there is no room, with the width that they had.
  bool m_isFitting = false;
};

}  // namespace heaptap::gui
