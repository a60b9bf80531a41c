// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMenu>
#include <QTableView>
#include <functional>
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

  /// Which columns there are to choose from; those that say nothing here are not among them.
  [[nodiscard]] QList<int> choosableColumns() const;
  /// By the user. The column that the rows are sorted by, and the last one, stay.
  void setColumnWanted(int column, bool isWanted);
  [[nodiscard]] bool isColumnWanted(int column) const { return !m_unwanted.contains(column); }
  /// What the menu of the titles offers: a tick for each column. Owns: the caller.
  [[nodiscard]] std::unique_ptr<QMenu> columnMenu();

  /// All rows in the order shown, and all columns that say anything here, whether there is room for them or
  /// not.
  [[nodiscard]] QByteArray csv() const;
  /// What the titles of the rows are, where they have any.
  void setCorner(const QString& title) { m_corner = title; }

  /// The selected rows in the order shown, visible columns only.
  [[nodiscard]] QString selectedText() const;
  void copySelection() const;

  /// What the menu of the table offers just now. Owns: the caller.
  [[nodiscard]] std::unique_ptr<QMenu> contextMenu();

  /// Titles and a row.
  [[nodiscard]] QSize minimumSizeHint() const override;

 signals:
  /// All of it shall be written to a file.
  void exportWanted();
  /// The menu of the table opens: who has more to offer for its current row adds it.
  void menuOpening(QMenu& menu);

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
  /// The title of the column that the rows are sorted by has a mark beside it, over which Qt draws a long
  /// one.
  void makeRoomForTitle();
  void leaveOut(const std::set<int>& columns);
  void showWantedColumns();
  /// These and no others, without a look at the room.
  void hideColumns(const std::function<bool(int)>& isHidden);
  /// Neither does it say nothing here, nor does the user not want it.
  [[nodiscard]] bool isShowable(int column) const {
    return !m_unused.contains(column) && isColumnWanted(column);
  }

  QString m_emptyText;
  int m_stretched = -1;  ///< -1: the last column.
  int m_leastDigits = 0;
  std::vector<int> m_givesWay;
  std::set<int> m_unused;
  std::set<int> m_unwanted;  ///< By the user.
  QString m_corner;
  std::map<int, int> m_leftOut;  ///< Columns for which there is no room, with the width that they had.
  bool m_isFitting = false;
};

}  // namespace heaptap::gui
