// SPDX-License-Identifier: Apache-2.0
#include "gui/views/data_table.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr int kRowPadding = 7;

/// Names come from outside: none of them may break a row of the copy.
QString cellText(const QVariant& value) { return value.toString().simplified(); }

}  // namespace

DataTable::DataTable(QWidget* parent) : QTableView(parent) {
  setSelectionBehavior(SelectRows);
  setSelectionMode(ExtendedSelection);
  setEditTriggers(NoEditTriggers);
  setShowGrid(false);
  setWordWrap(false);
  setTabKeyNavigation(false);
  setCornerButtonEnabled(false);
  setHorizontalScrollMode(ScrollPerPixel);
  verticalHeader()->hide();
  // Fixed, so that a table of tens of thousands of rows is not measured row by row.
  verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  verticalHeader()->setDefaultSectionSize(fontMetrics().height() + kRowPadding);
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setSectionsMovable(true);
  horizontalHeader()->setStretchLastSection(true);
}

void DataTable::setEmptyText(const QString& text) {
  m_emptyText = text;
  viewport()->update();
}

void DataTable::stretchColumn(int column) {
  horizontalHeader()->setStretchLastSection(false);
  horizontalHeader()->setSectionResizeMode(column, QHeaderView::Stretch);
}

QString DataTable::selectedText() const {
  QModelIndexList rows = selectionModel() ? selectionModel()->selectedRows() : QModelIndexList();
  if (rows.isEmpty()) return {};
  std::sort(rows.begin(), rows.end());
  QList<int> columns;
  for (int visual = 0; visual < horizontalHeader()->count(); ++visual) {
    const int column = horizontalHeader()->logicalIndex(visual);
    if (!isColumnHidden(column)) columns.append(column);
  }
  QStringList lines;
  QStringList titles;
  for (const int column : columns)
    titles << cellText(model()->headerData(column, Qt::Horizontal, Qt::DisplayRole));
  lines << titles.join('\t');
  for (const QModelIndex& row : rows) {
    QStringList cells;
    for (const int column : columns) cells << cellText(row.siblingAtColumn(column).data());
    lines << cells.join('\t');
  }
  return lines.join('\n') + '\n';
}

void DataTable::copySelection() const {
  const QString text = selectedText();
  if (!text.isEmpty()) QGuiApplication::clipboard()->setText(text);
}

void DataTable::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Copy)) {
    copySelection();
    return event->accept();
  }
  QTableView::keyPressEvent(event);
}

void DataTable::paintEvent(QPaintEvent* event) {
  QTableView::paintEvent(event);
  if (m_emptyText.isEmpty() || (model() && model()->rowCount() > 0)) return;
  QPainter painter(viewport());
  painter.setPen(Colours::of(palette()).muted);
  painter.drawText(viewport()->rect().adjusted(16, 0, -16, 0), Qt::AlignCenter | Qt::TextWordWrap,
                   m_emptyText);
}

}  // namespace heaptap::gui
