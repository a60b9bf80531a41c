// SPDX-License-Identifier: Apache-2.0
#include "gui/views/flame_graph/flame_graph.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

constexpr int kRowPadding = 4;
constexpr double kColouredFrom = 4;  // Pixels of a box that has a say in which modules get colours.
constexpr int kLeastWidth = 120;
constexpr int kLeastRows = 2;

}  // namespace

FlameGraph::FlameGraph(const TreeSource& source, QWidget* parent)
    : QAbstractScrollArea(parent), m_source(source), m_colours(palette()) {
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Flame graph"));
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  setFrameShape(QFrame::StyledPanel);
  viewport()->setMouseTracking(true);
  connect(&source, &TreeSource::treeChanged, this, &FlameGraph::follow);
  connect(&source, &TreeSource::matchesChanged, viewport(), qOverload<>(&QWidget::update));
}

QSize FlameGraph::minimumSizeHint() const {
  return {kLeastWidth, kLeastRows * rowHeight() + 2 * frameWidth()};
}

int FlameGraph::rowHeight() const { return fontMetrics().height() + kRowPadding; }

void FlameGraph::follow(bool isRefresh) {
  const CostTreePtr before = std::exchange(m_tree, m_source.tree());
  m_hovered.reset();
  if (isRefresh && before && m_tree) {
    m_zoom.follow(m_tree);
    m_current = m_tree->find(before->path(m_current)).value_or(CostTree::kRoot);
  } else {
    m_zoom.reset(m_tree);
    m_current = CostTree::kRoot;
    m_colours.forgetModules();
  }
  layOut();
  colourModules();
  if (!isRefresh) verticalScrollBar()->setValue(m_isRootAbove ? 0 : verticalScrollBar()->maximum());
  emit legendChanged();
  emit zoomChanged();
  emit readOutChanged();
}

void FlameGraph::layOut() {
  const double width = viewport()->width();
  m_layout = m_tree && m_tree->total() > 0 ? FlameLayout(*m_tree, m_zoom.from(), m_zoom.end(), width)
                                           : FlameLayout();
  setScrollRange();
  viewport()->update();
}

void FlameGraph::setScrollRange() {
  const int all = static_cast<int>(m_layout.rows()) * rowHeight();
  QScrollBar* const bar = verticalScrollBar();
  // A flame stays on its ground when rows come and go.
  const int above = bar->maximum() - bar->value();
  bar->setPageStep(viewport()->height());
  bar->setSingleStep(rowHeight());
  bar->setRange(0, std::max(0, all - viewport()->height()));
  if (!m_isRootAbove) bar->setValue(bar->maximum() - above);
}

void FlameGraph::colourModules() {
  if (!m_tree) return;
  QHash<QString, double> widths;
  for (const FlameBox& box : m_layout.boxes())
    if (!box.isMerged && box.width() >= kColouredFrom)
      widths[m_source.labels().of(m_tree->node(box.node).function).module] += box.width();
  m_colours.assign(widths);
}

void FlameGraph::setRootAbove(bool isAbove) {
  if (isAbove == m_isRootAbove) return;
  m_isRootAbove = isAbove;
  setScrollRange();
  verticalScrollBar()->setValue(isAbove ? 0 : verticalScrollBar()->maximum());
  viewport()->update();
}

void FlameGraph::setColouring(FlameColouring colouring) {
  m_colours.setColouring(colouring);
  viewport()->update();
  emit legendChanged();
}

void FlameGraph::setEmptyText(const QString& text) {
  m_emptyText = text;
  viewport()->update();
}

void FlameGraph::zoomTo(quint32 node) {
  if (!m_tree) return;
  m_zoom.to(node);
  layOut();
  setCurrentNode(node);
  emit zoomChanged();
  emit nodeActivated(m_tree->path(node));
}

void FlameGraph::zoomOut() {
  if (!m_tree || m_zoom.isWhole()) return;
  const double size = m_zoom.end() - m_zoom.from();
  quint32 to = m_zoom.node();
  // The next one that shows more than is shown.
  while (to != CostTree::kRoot && static_cast<double>(m_tree->node(to).total) <= size)
    to = m_tree->node(to).parent;
  zoomTo(to);
}

void FlameGraph::zoomBy(double factor, double share) {
  m_zoom.by(factor, share);
  layOut();
  emit zoomChanged();
}

void FlameGraph::pan(double share) {
  m_zoom.move(share);
  layOut();
  emit zoomChanged();
}

std::size_t FlameGraph::depthOf(quint32 node) const {
  std::size_t depth = 0;
  for (; node != CostTree::kRoot; node = m_tree->node(node).parent) ++depth;
  return depth;
}

void FlameGraph::setCurrentNode(quint32 node) {
  if (!m_tree) return;
  const bool isOther = node != m_current;
  m_current = node;
  showRow(depthOf(node));
  viewport()->update();
  if (isOther) tellCurrent();
}

void FlameGraph::tellCurrent() {
  setAccessibleName(tr("Flame graph: %1").arg(nodeSentence(m_source.words(), m_current)));
  emit readOutChanged();
  if (m_current != CostTree::kRoot) emit functionChosen(m_tree->node(m_current).function);
}

void FlameGraph::showRow(std::size_t row) {
  const double top = topOf(row);
  QScrollBar* const bar = verticalScrollBar();
  if (top < 0) bar->setValue(bar->value() + static_cast<int>(std::floor(top)));
  const double below = top + rowHeight() - viewport()->height();
  if (below > 0) bar->setValue(bar->value() + static_cast<int>(std::ceil(below)));
}

void FlameGraph::step(int direction) {
  const TreeMatchesPtr& matches = m_source.matches();
  if (!m_tree || !matches || matches->nodes.empty()) return;
  const auto count = static_cast<qint64>(matches->nodes.size());
  const auto at = std::find(matches->nodes.begin(), matches->nodes.end(), m_current);
  qint64 to = direction > 0 ? 0 : count - 1;
  if (at != matches->nodes.end()) to = (at - matches->nodes.begin() + direction + count) % count;
  const quint32 node = matches->nodes[static_cast<std::size_t>(to)];
  // Where it is not to be seen, its caller is shown.
  if (rectOf(node).isEmpty()) zoomTo(m_tree->node(node).parent);
  if (rectOf(node).isEmpty()) zoomTo(node);
  setCurrentNode(node);
}

void FlameGraph::goBeside(int direction) {
  const std::size_t row = depthOf(m_current);
  const FlameBox* const box = m_layout.find(row, m_current);
  if (box == nullptr) return setCurrentNode(m_zoom.node());
  const FlameBox* next = box + direction;
  const std::span<const FlameBox> boxes = m_layout.row(row);
  while (next >= boxes.data() && next < boxes.data() + boxes.size() && next->isMerged) next += direction;
  if (next >= boxes.data() && next < boxes.data() + boxes.size()) setCurrentNode(next->node);
}

void FlameGraph::goUp() {
  if (m_current != CostTree::kRoot) setCurrentNode(m_tree->node(m_current).parent);
}

void FlameGraph::goDown() {
  // The first child that is seen, which is the largest one of them.
  const std::size_t row = depthOf(m_current) + 1;
  if (row >= m_layout.rows()) return;
  for (const FlameBox& box : m_layout.row(row))
    if (!box.isMerged && m_tree->node(box.node).parent == m_current) return setCurrentNode(box.node);
}

QString FlameGraph::readOut() const {
  if (!m_tree || m_tree->total() == 0) return {};
  return nodeSentence(m_source.words(), m_hovered.value_or(m_current));
}

QString FlameGraph::stackText() const {
  return m_tree ? nodeStackText(m_source.words(), m_current) : QString();
}

std::vector<Meaning> FlameGraph::legend() const {
  std::vector<FunctionLabel> shown;
  if (isByChange()) return m_colours.legendOfChange();
  if (!m_tree) return {};
  std::vector<const FlameBox*> wide;
  for (const FlameBox& box : m_layout.boxes())
    if (!box.isMerged && box.node != CostTree::kRoot && box.width() >= kColouredFrom) wide.push_back(&box);
  std::stable_sort(wide.begin(), wide.end(),
                   [](const FlameBox* a, const FlameBox* b) { return a->width() > b->width(); });
  for (const FlameBox* box : wide) shown.push_back(m_source.labels().of(m_tree->node(box->node).function));
  return m_colours.legend(shown);
}

std::unique_ptr<QMenu> FlameGraph::contextMenu() {
  auto menu = std::make_unique<QMenu>(this);
  const bool hasBox = m_tree && m_tree->total() > 0;
  const bool hasFunction = hasBox && m_current != CostTree::kRoot;
  const auto add = [&](const QString& text, bool isEnabled, const auto& action) {
    QAction* const added = menu->addAction(text, this, action);
    added->setEnabled(isEnabled);
    return added;
  };
  add(tr("&Zoom to This"), hasBox, [this] { zoomTo(m_current); })->setShortcut(QKeySequence(Qt::Key_Return));
  add(tr("Zoom &Out"), hasBox && !m_zoom.isWhole(), [this] {
    zoomOut();
  })->setShortcut(QKeySequence(Qt::Key_Backspace));
  menu->addSeparator();
  add(tr("&Copy Row"), hasFunction, [this] {
    QGuiApplication::clipboard()->setText(nodeLines(m_source.words(), m_current).join('\n') + '\n');
  });
  add(tr("Copy &Stack"), hasFunction, [this] {
    QGuiApplication::clipboard()->setText(stackText());
  })->setShortcut(QKeySequence::Copy);
  if (hasFunction) emit menuOpening(*menu, placeOf(m_source.labels().of(m_tree->node(m_current).function)));
  return menu;
}

}  // namespace heaptap::gui
