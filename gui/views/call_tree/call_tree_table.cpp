// SPDX-License-Identifier: Apache-2.0
#include "gui/views/call_tree/call_tree_table.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <array>

#include "gui/views/call_tree/cost_delegate.h"
#include "gui/views/colours.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kMostOfHotPath = 64;
constexpr std::size_t kMostOpened = 24;  // Of what a search finds.
constexpr int kIndent = 12;
constexpr int kLeastIndent = 6;  // Of trees so deep that names would find no room.
constexpr int kNameBeside = 20;  // Digits of a name beside the deepest indentation.

/// Widths in digits of the font; the function has the rest, and columns give way in this order.
struct ColumnWidth {
  int column;
  int digits;
};
constexpr std::array kWidths = {ColumnWidth{CostTreeModel::Module, 18}, ColumnWidth{CostTreeModel::Self, 11},
                                ColumnWidth{CostTreeModel::Total, 11}, ColumnWidth{CostTreeModel::Share, 12}};
constexpr int kLeastFunction = 26;
constexpr int kNarrowShare = 8;  // Without a cost no row says anything: shares stay.

}  // namespace

CallTreeTable::CallTreeTable(const TreeSource& source, QWidget* parent)
    : QTreeView(parent), m_source(source), m_model(source) {
  setModel(&m_model);
  setItemDelegate(new CostDelegate(this));
  setTreePosition(CostTreeModel::Function);
  setAccessibleName(tr("Call tree"));
  setUniformRowHeights(true);
  setIndentation(kIndent);
  setSelectionMode(ExtendedSelection);
  setEditTriggers(NoEditTriggers);
  setAllColumnsShowFocus(true);
  setTabKeyNavigation(false);
  setHorizontalScrollMode(ScrollPerPixel);
  header()->setStretchLastSection(false);
  header()->setSectionsMovable(false);
  header()->setTextElideMode(Qt::ElideRight);
  for (const ColumnWidth& each : kWidths)
    header()->resizeSection(each.column, each.digits * fontMetrics().horizontalAdvance('0'));
  connect(this, &QTreeView::expanded, this, &CallTreeTable::makeRoomFor);
  connect(&m_model, &QAbstractItemModel::modelReset, this, &CallTreeTable::begin);
  connect(&m_model, &QAbstractItemModel::layoutAboutToBeChanged, this, [this] {
    m_top = verticalScrollBar()->value() > 0 ? indexAt({0, 0}) : QModelIndex();
  });
  connect(&m_model, &QAbstractItemModel::layoutChanged, this, &CallTreeTable::keepPlace);
  connect(&source, &TreeSource::matchesChanged, viewport(), qOverload<>(&QWidget::update));
  connect(this, &QAbstractItemView::activated, this, [this](const QModelIndex& index) {
    emit nodeActivated(m_model.tree()->path(m_model.nodeOf(index)));
  });
}

void CallTreeTable::makeRoomFor(const QModelIndex& opened) {
  int depth = 1;  // Of what is below.
  for (QModelIndex at = opened; at.isValid(); at = at.parent()) ++depth;
  if (depth <= m_deepest) return;
  m_deepest = depth;
  fitColumns();
}

void CallTreeTable::begin() {
  m_deepest = 1;
  fitColumns();
  if (!m_model.tree() || m_model.rowCount() == 0) return;
  openHotPath(CostTree::kRoot);
  setCurrentIndex(m_model.index(0, 0));
  scrollToTop();
}

void CallTreeTable::keepPlace() {
  if (m_top.isValid()) scrollTo(m_top, PositionAtTop);
  m_top = QModelIndex();
  if (!currentIndex().isValid() && m_model.rowCount() > 0) setCurrentIndex(m_model.index(0, 0));
}

void CallTreeTable::openHotPath(quint32 from) {
  if (!m_model.tree()) return;
  for (const quint32 node : m_model.tree()->hotPath(from, kMostOfHotPath)) expand(m_model.indexOf(node));
}

void CallTreeTable::goTo(quint32 node) {
  if (!m_model.tree() || node == CostTree::kRoot) return;
  std::vector<quint32> above;
  for (quint32 at = m_model.tree()->node(node).parent; at != CostTree::kRoot;
       at = m_model.tree()->node(at).parent)
    above.push_back(at);
  // From the outside, so that no row is laid out twice.
  for (auto at = above.rbegin(); at != above.rend(); ++at) expand(m_model.indexOf(*at));
  setCurrentIndex(m_model.indexOf(node));
  scrollTo(m_model.indexOf(node));
}

void CallTreeTable::openMatches() {
  const TreeMatchesPtr& matches = m_source.matches();
  if (!matches || matches->nodes.empty()) return;
  const std::size_t opened = std::min(kMostOpened, matches->nodes.size());
  for (std::size_t i = opened; i-- > 0;) {
    std::size_t steps = 0;
    for (quint32 at = m_model.tree()->node(matches->nodes[i]).parent;
         at != CostTree::kRoot && steps < kMostOfHotPath; at = m_model.tree()->node(at).parent, ++steps)
      expand(m_model.indexOf(at));
  }
  goTo(matches->nodes.front());
}

void CallTreeTable::step(int direction) {
  const TreeMatchesPtr& matches = m_source.matches();
  if (!matches || matches->nodes.empty()) return;
  const auto count = static_cast<qint64>(matches->nodes.size());
  const auto at = std::find(matches->nodes.begin(), matches->nodes.end(), currentNode());
  qint64 to = direction > 0 ? 0 : count - 1;
  if (at != matches->nodes.end()) to = (at - matches->nodes.begin() + direction + count) % count;
  goTo(matches->nodes[static_cast<std::size_t>(to)]);
}

QString CallTreeTable::selectedText() const {
  if (!m_model.tree() || selectionModel()->selectedRows().isEmpty()) return {};
  QStringList lines;
  const auto add = [&](const auto& cell) {
    QStringList cells;
    for (int column = 0; column < CostTreeModel::ColumnCount; ++column)
      if (!isColumnHidden(column)) cells << cell(column).toString().simplified();
    lines << cells.join('\t');
  };
  add([this](int column) { return m_model.headerData(column, Qt::Horizontal); });
  QModelIndexList rows = selectionModel()->selectedRows();
  std::sort(rows.begin(), rows.end(), [this](const QModelIndex& a, const QModelIndex& b) {
    return visualRect(a).top() < visualRect(b).top();
  });
  for (const QModelIndex& row : rows) add([&row](int column) { return row.siblingAtColumn(column).data(); });
  return lines.join('\n') + '\n';
}

QString CallTreeTable::currentStackText() const {
  return currentIndex().isValid() && m_model.tree() ? nodeStackText(m_source.words(), currentNode())
                                                    : QString();
}

void CallTreeTable::copy(const QString& text) const {
  if (!text.isEmpty()) QGuiApplication::clipboard()->setText(text);
}

std::unique_ptr<QMenu> CallTreeTable::contextMenu() {
  auto menu = std::make_unique<QMenu>(this);
  const bool hasRow = currentIndex().isValid() && m_model.tree();
  const bool isOne = selectionModel()->selectedRows().size() <= 1;
  QAction* const rows =
      menu->addAction(isOne ? tr("&Copy Row") : tr("&Copy Rows"), this, [this] { copy(selectedText()); });
  rows->setShortcut(QKeySequence::Copy);
  QAction* const stack = menu->addAction(tr("Copy &Stack"), this, [this] { copy(currentStackText()); });
  stack->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C));
  if (hasRow)
    emit menuOpening(*menu, placeOf(m_source.labels().of(m_model.tree()->node(currentNode()).function)));
  menu->addSeparator();
  QAction* const hot = menu->addAction(tr("&Open the Largest Below"), this, [this] {
    expand(currentIndex());
    openHotPath(currentNode());
  });
  hot->setShortcut(QKeySequence(Qt::Key_Asterisk));
  QAction* const close = menu->addAction(tr("C&lose All"), this, &QTreeView::collapseAll);
  for (QAction* action : {rows, stack, hot, close}) action->setEnabled(hasRow);
  return menu;
}

void CallTreeTable::setEmptyText(const QString& text) {
  m_emptyText = text;
  viewport()->update();
}

void CallTreeTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  QTreeView::currentChanged(current, previous);
  if (current.isValid() && m_model.tree())
    emit functionChosen(m_model.tree()->node(m_model.nodeOf(current)).function);
}

void CallTreeTable::contextMenuEvent(QContextMenuEvent* event) {
  // A menu that was asked for by a key belongs to the current row, not to where the pointer is.
  QPoint at = event->globalPos();
  if (event->reason() == QContextMenuEvent::Keyboard && currentIndex().isValid())
    at = viewport()->mapToGlobal(visualRect(currentIndex()).center());
  contextMenu()->exec(at);
}

void CallTreeTable::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Copy)) {
    copy(selectedText());
    return event->accept();
  }
  if (event->key() == Qt::Key_C && event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier)) {
    copy(currentStackText());
    return event->accept();
  }
  if (event->key() == Qt::Key_Asterisk) {  // Qt would open everything below: hundreds of thousands of rows.
    expand(currentIndex());
    openHotPath(currentNode());
    return event->accept();
  }
  QTreeView::keyPressEvent(event);
}

void CallTreeTable::fitColumns() {
  const int digit = fontMetrics().horizontalAdvance('0');
  // The self cost of a bottom-up tree is what its stacks end with: nothing that one looks for.
  const bool isSelfUsed = m_source.query().direction == TreeDirection::TopDown;
  const auto isUsed = [&](int column) { return isSelfUsed || column != CostTreeModel::Self; };
  int room = viewport()->width();
  for (const ColumnWidth& each : kWidths)
    if (isUsed(each.column)) room -= each.digits * digit;
  for (const ColumnWidth& each : kWidths) {
    const bool isTooWide = isUsed(each.column) && room < kLeastFunction * digit;
    if (each.column == CostTreeModel::Share) {
      header()->resizeSection(each.column, (isTooWide ? kNarrowShare : each.digits) * digit);
      continue;
    }
    if (isTooWide) room += each.digits * digit;
    const bool isHidden = isTooWide || !isUsed(each.column);
    if (header()->isSectionHidden(each.column) == isHidden) continue;
    header()->setSectionHidden(each.column, isHidden);
    if (!isHidden) header()->resizeSection(each.column, each.digits * digit);
  }
  // The function has the rest. Where names would find no room in it, the tree is indented less; then it is
  // scrolled sideways.
  int rest = viewport()->width();
  for (const ColumnWidth& each : kWidths)
    if (!header()->isSectionHidden(each.column)) rest -= header()->sectionSize(each.column);
  setIndentation(std::clamp((rest - kNameBeside * digit) / m_deepest, kLeastIndent, kIndent));
  header()->resizeSection(CostTreeModel::Function,
                          std::max(rest, m_deepest * indentation() + kNameBeside * digit));
}

void CallTreeTable::resizeEvent(QResizeEvent* event) {
  QTreeView::resizeEvent(event);
  fitColumns();
}

void CallTreeTable::paintEvent(QPaintEvent* event) {
  QTreeView::paintEvent(event);
  if (m_emptyText.isEmpty() || m_model.rowCount() > 0) return;
  QPainter painter(viewport());
  painter.setPen(Colours::of(palette()).muted);
  painter.drawText(viewport()->rect().adjusted(16, 0, -16, 0), Qt::AlignCenter | Qt::TextWordWrap,
                   m_emptyText);
}

}  // namespace heaptap::gui
