// SPDX-License-Identifier: Apache-2.0
#include "gui/views/tables/data_table.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>
#include <utility>

#include "gui/models/table_csv.h"
#include "gui/views/colours.h"
#include "gui/views/menu_text.h"

namespace heaptap::gui {
namespace {

constexpr int kRowPadding = 7;
constexpr int kLeastDigits = 8;

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
  horizontalHeader()->setTextElideMode(Qt::ElideRight);
  horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(horizontalHeader(), &QHeaderView::customContextMenuRequested, this, [this](const QPoint& at) {
    const auto menu = columnMenu();
    menu->exec(horizontalHeader()->mapToGlobal(at));
  });
  connect(horizontalHeader(), &QHeaderView::sectionResized, this, [this](int column) {
    if (column != m_stretched) fitColumns();
  });
  connect(horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, &DataTable::fitColumns);
}

void DataTable::setEmptyText(const QString& text) {
  m_emptyText = text;
  viewport()->update();
}

void DataTable::stretchColumn(int column, int leastDigits, std::vector<int> givesWay) {
  m_stretched = column;
  m_leastDigits = leastDigits;
  m_givesWay = std::move(givesWay);
  horizontalHeader()->setStretchLastSection(false);
  horizontalHeader()->setSectionResizeMode(column, QHeaderView::Stretch);
  fitColumns();
}

void DataTable::setColumnDigits(int column, int digits) {
  const int width = digits * fontMetrics().horizontalAdvance('0');
  if (const auto found = m_leftOut.find(column); found != m_leftOut.end()) found->second = width;
  horizontalHeader()->resizeSection(column, width);
  fitColumns();
}

void DataTable::setColumnUsed(int column, bool isUsed) {
  const bool wasUsed = !m_unused.contains(column);
  if (isUsed == wasUsed) return;
  if (isUsed) {
    m_unused.erase(column);
  } else {
    m_unused.insert(column);
    m_leftOut.erase(column);
  }
  setColumnHidden(column, !isShowable(column));
  fitColumns();
}

QList<int> DataTable::choosableColumns() const {
  QList<int> columns;
  for (int visual = 0; visual < horizontalHeader()->count(); ++visual)
    if (const int column = horizontalHeader()->logicalIndex(visual); !m_unused.contains(column))
      columns << column;
  return columns;
}

void DataTable::setColumnWanted(int column, bool isWanted) {
  if (isWanted == isColumnWanted(column)) return;
  if (isWanted) {
    m_unwanted.erase(column);
  } else {
    const QList<int> columns = choosableColumns();
    const auto shown =
        std::count_if(columns.begin(), columns.end(), [this](int each) { return isShowable(each); });
    const bool isSortedBy = isSortingEnabled() && horizontalHeader()->sortIndicatorSection() == column;
    if (shown <= 1 || isSortedBy) return;
    m_unwanted.insert(column);
  }
  showWantedColumns();
}

void DataTable::showWantedColumns() {
  leaveOut({});
  hideColumns([this](int column) { return !isShowable(column); });
  fitColumns();
}

void DataTable::hideColumns(const std::function<bool(int)>& isHidden) {
  m_isFitting = true;
  for (int column = 0; column < horizontalHeader()->count(); ++column) {
    if (isColumnHidden(column) == isHidden(column)) continue;
    setColumnHidden(column, isHidden(column));
    (void)horizontalHeader()->length();  // As in leaveOut().
  }
  m_isFitting = false;
}

std::unique_ptr<QMenu> DataTable::columnMenu() {
  auto menu = std::make_unique<QMenu>(this);
  for (const int column : choosableColumns()) {
    QString title = cellText(model()->headerData(column, Qt::Horizontal, Qt::DisplayRole));
    QAction* const action = menu->addAction(menuText(title));
    action->setCheckable(true);
    action->setChecked(isColumnWanted(column));
    connect(action, &QAction::toggled, this,
            [this, column](bool isWanted) { setColumnWanted(column, isWanted); });
  }
  return menu;
}

QByteArray DataTable::csv() const {
  return model() == nullptr
             ? QByteArray()
             : csvOf(*model(), choosableColumns(), verticalHeader()->isHidden() ? QString() : m_corner);
}

int DataTable::widthOf(int column) const {
  const auto found = m_leftOut.find(column);
  return found != m_leftOut.end() ? found->second : horizontalHeader()->sectionSize(column);
}

void DataTable::makeRoomForTitle() {
  const int column = horizontalHeader()->sortIndicatorSection();
  if (!isSortingEnabled() || column < 0 || column >= horizontalHeader()->count() || column == m_stretched ||
      !isShowable(column) || m_leftOut.contains(column))
    return;
  const int width = horizontalHeader()->sectionSizeHint(column);
  if (horizontalHeader()->sectionSize(column) >= width) return;
  m_isFitting = true;
  horizontalHeader()->resizeSection(column, width);
  m_isFitting = false;
}

void DataTable::fitColumns() {
  // A table that was not shown yet has no size of its own.
  if (!m_isFitting && model() != nullptr && isVisible()) makeRoomForTitle();
  if (m_isFitting || m_givesWay.empty() || model() == nullptr || !isVisible()) return;
  const int least = m_leastDigits * fontMetrics().horizontalAdvance('0');
  int room = viewport()->width();
  for (int column = 0; column < horizontalHeader()->count(); ++column)
    if (column != m_stretched && isShowable(column)) room -= widthOf(column);
  std::set<int> without;
  for (const int column : m_givesWay) {
    if (room >= least) break;
    const bool isSortedBy = isSortingEnabled() && horizontalHeader()->sortIndicatorSection() == column;
    if (isSortedBy || !isShowable(column)) continue;
    without.insert(column);
    room += widthOf(column);
  }
  leaveOut(without);
}

void DataTable::leaveOut(const std::set<int>& columns) {
  if (columns.empty() && m_leftOut.empty()) return;
  m_isFitting = true;
  // The header postpones its layout. One that sees a section both come and go gives it the least width: each
  // step is carried out before the next.
  const auto carryOut = [this] { (void)horizontalHeader()->length(); };
  carryOut();
  const std::map<int, int> before = m_leftOut;
  for (const auto& [column, width] : before) {
    if (columns.contains(column)) continue;
    m_leftOut.erase(column);
    showColumn(column);
    carryOut();
    horizontalHeader()->resizeSection(column, width);
    carryOut();
  }
  for (const int column : columns) {
    if (m_leftOut.contains(column)) continue;
    m_leftOut.emplace(column, widthOf(column));
    hideColumn(column);
  }
  carryOut();
  m_isFitting = false;
}

QByteArray DataTable::saveColumns() {
  // What is hidden in it is what the user does not want: what says nothing here may do so elsewhere.
  leaveOut({});
  hideColumns([this](int column) { return !isColumnWanted(column); });
  const QByteArray saved = horizontalHeader()->saveState();
  showWantedColumns();
  return saved;
}

void DataTable::restoreColumns(const QByteArray& saved) {
  leaveOut({});
  m_unwanted.clear();
  if (horizontalHeader()->restoreState(saved))
    for (int column = 0; column < horizontalHeader()->count(); ++column)
      if (isColumnHidden(column)) m_unwanted.insert(column);
  showWantedColumns();
}

void DataTable::showEvent(QShowEvent* event) {
  QTableView::showEvent(event);
  fitColumns();
}

void DataTable::resizeEvent(QResizeEvent* event) {
  QTableView::resizeEvent(event);
  fitColumns();
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

std::unique_ptr<QMenu> DataTable::contextMenu() {
  auto menu = std::make_unique<QMenu>(this);
  const bool isOne = selectionModel() == nullptr || selectionModel()->selectedRows().size() <= 1;
  QAction* rows =
      menu->addAction(isOne ? tr("&Copy Row") : tr("&Copy Rows"), this, &DataTable::copySelection);
  rows->setShortcut(QKeySequence::Copy);
  rows->setEnabled(selectionModel() != nullptr && selectionModel()->hasSelection());
  if (const QString stack = currentStackText(); !stack.isEmpty())
    menu->addAction(tr("Copy &Stack"), this, [stack] { QGuiApplication::clipboard()->setText(stack); });
  if (model() != nullptr && model()->rowCount() > 0)
    menu->addAction(tr("&Export Table…"), this, &DataTable::exportWanted);
  emit menuOpening(*menu);
  return menu;
}

void DataTable::contextMenuEvent(QContextMenuEvent* event) {
  // A menu that was asked for by a key belongs to the current row, not to where the pointer is.
  QPoint at = event->globalPos();
  if (event->reason() == QContextMenuEvent::Keyboard && currentIndex().isValid())
    at = viewport()->mapToGlobal(visualRect(currentIndex()).center());
  contextMenu()->exec(at);
}

QSize DataTable::minimumSizeHint() const {
  const int digit = fontMetrics().horizontalAdvance('0');
  return {kLeastDigits * digit, horizontalHeader()->sizeHint().height() +
                                    verticalHeader()->defaultSectionSize() + 2 * frameWidth()};
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
