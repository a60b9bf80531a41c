// SPDX-License-Identifier: Apache-2.0
#include "gui/views/trees/tree_controls.h"

#include <QKeyEvent>
#include <QSignalBlocker>
#include <QStylePainter>
#include <algorithm>
#include <map>

#include "gui/models/sites/site_text.h"
#include "gui/views/elided_label.h"

namespace heaptap::gui {
namespace {

constexpr int kSpacing = 6;
constexpr int kLeastChoice = 4;  // Letters of a choice that stay in a small window.
constexpr int kLeastSearch = 56;
constexpr qsizetype kMostOfAHeap = 40;
constexpr int kMostSearch = 220;

/// Ends in `…` where there is no room; Qt's own cuts through a letter.
class ElidedChoice : public QComboBox {
 protected:
  void paintEvent(QPaintEvent*) override {
    QStylePainter painter(this);
    QStyleOptionComboBox option;
    initStyleOption(&option);
    const QRect room =
        style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this);
    option.currentText = fontMetrics().elidedText(option.currentText, Qt::ElideRight, room.width() - 2);
    painter.drawComplexControl(QStyle::CC_ComboBox, option);
    painter.drawControl(QStyle::CE_ComboBoxLabel, option);
  }
};

QComboBox* choice(const QString& name, const QString& tip) {
  auto* box = new ElidedChoice;
  box->setAccessibleName(name);
  box->setToolTip(tip);
  box->setMinimumContentsLength(kLeastChoice);
  box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  box->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
  box->setMinimumWidth(kLeastSearch);
  return box;
}

}  // namespace

TreeControls::TreeControls(TreeSource& source, QWidget* parent)
    : QWidget(parent),
      m_source(source),
      m_direction(choice(tr("Direction"), tr("Top-down: from main to what it calls. Bottom-up: from the "
                                             "functions that allocate to those that call them."))),
      m_cost(choice(tr("Cost"), tr("What the tree is drawn by."))),
      m_heap(choice(tr("Heap"), tr("Nothing is added up across heaps."))),
      m_search(new QLineEdit),
      m_status(new ElidedLabel),
      m_row(new QHBoxLayout(this)) {
  for (const TreeDirection direction : {TreeDirection::TopDown, TreeDirection::BottomUp})
    m_direction->addItem(treeDirectionName(direction), static_cast<int>(direction));
  for (const TreeCost cost : kTreeCosts) m_cost->addItem(treeCostName(cost), static_cast<int>(cost));
  m_direction->setCurrentIndex(m_direction->findData(static_cast<int>(source.query().direction)));
  m_cost->setCurrentIndex(m_cost->findData(static_cast<int>(source.query().cost)));
  m_search->setPlaceholderText(tr("Find a function"));
  m_search->setAccessibleName(tr("Find a function"));
  m_search->setToolTip(
      tr("Functions and modules with this text stand out (Ctrl+F). F3, Shift+F3: the next, the one before."));
  m_search->setClearButtonEnabled(true);
  m_search->setMinimumWidth(kLeastSearch);
  m_search->setMaximumWidth(kMostSearch);
  m_search->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  m_search->installEventFilter(this);
  m_status->setMuted(true);
  m_row->setContentsMargins(0, 0, 0, 0);
  m_row->setSpacing(kSpacing);
  m_row->addWidget(m_direction);
  m_row->addWidget(m_cost);
  m_row->addWidget(m_heap);
  m_row->addWidget(m_search, 1);
  m_row->addWidget(m_status, 1);
  offerHeaps(nullptr);
  for (QComboBox* box : {m_direction, m_cost, m_heap})
    connect(box, &QComboBox::currentIndexChanged, this, &TreeControls::apply);
  connect(m_cost, &QComboBox::activated, this, [this] { m_isCostChosen = true; });
  connect(m_search, &QLineEdit::textChanged, this,
          [this](const QString& text) { m_source.setSearch(text.trimmed()); });
  connect(&m_source, &TreeSource::workingChanged, this, &TreeControls::showStatus);
  connect(&m_source, &TreeSource::matchesChanged, this, &TreeControls::showStatus);
}

void TreeControls::add(QWidget* control) { m_row->insertWidget(m_row->indexOf(m_search), control); }

QList<QWidget*> TreeControls::keyOrder() const {
  QList<QWidget*> order;
  for (int at = 0; at < m_row->count(); ++at)
    if (QWidget* const control = m_row->itemAt(at)->widget()) order << control;
  return order;
}

void TreeControls::propose(TreeCost cost) {
  if (!m_isCostChosen) m_cost->setCurrentIndex(m_cost->findData(static_cast<int>(cost)));
}

void TreeControls::startSearch() {
  m_search->setFocus(Qt::ShortcutFocusReason);
  m_search->selectAll();
}

void TreeControls::apply() {
  TreeQuery query = m_source.query();
  query.direction = static_cast<TreeDirection>(m_direction->currentData().toInt());
  query.cost = static_cast<TreeCost>(m_cost->currentData().toInt());
  query.heap = m_heap->currentData().toUInt();
  m_source.setQuery(query);
}

void TreeControls::offerHeaps(const Sites& sites) {
  std::map<quint32, QString> heaps{{0, heapText({}, 0)}};
  for (std::size_t row = 0; sites && sites->hasHeaps() && row < sites->numbers().size(); ++row)
    if (const quint32 heap = sites->numbers()[row].heap; !heaps.contains(heap))
      heaps.emplace(heap, oneLine(heapText(sites->heapName(row), heap), kMostOfAHeap));
  m_heap->setVisible(heaps.size() > 1);
  std::map<quint32, QString> offered;
  for (int at = 0; at < m_heap->count(); ++at)
    offered.emplace(m_heap->itemData(at).toUInt(), m_heap->itemText(at));
  if (offered == heaps) return;
  const quint32 chosen = m_source.query().heap;
  const QSignalBlocker blocker(m_heap);
  m_heap->clear();
  for (const auto& [heap, name] : heaps) m_heap->addItem(name, heap);
  m_heap->setCurrentIndex(std::max(0, m_heap->findData(chosen)));
  // The heap that was chosen is not there in every session.
  if (m_direction->count() > 0) apply();
}

QString TreeControls::statusText() const { return m_status->text(); }

void TreeControls::showStatus() {
  const TreeMatchesPtr& matches = m_source.matches();
  if (matches)
    m_status->setText(foundText(matches->nodes.size(), matches->total, m_source.tree()->total()));
  else
    m_status->setText(m_source.isWorking() && !m_source.tree() ? tr("Loading…") : QString());
}

bool TreeControls::eventFilter(QObject* watched, QEvent* event) {
  if (watched != m_search || event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
  const auto* key = static_cast<QKeyEvent*>(event);
  switch (key->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter: emit stepped(key->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1); return true;
    case Qt::Key_Down: emit left(); return true;
    case Qt::Key_Escape:
      m_search->clear();
      emit left();
      return true;
    default: return QWidget::eventFilter(watched, event);
  }
}

}  // namespace heaptap::gui
