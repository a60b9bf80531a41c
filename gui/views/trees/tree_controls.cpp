// SPDX-License-Identifier: Apache-2.0
#include "gui/views/trees/tree_controls.h"

#include <QKeyEvent>

#include "gui/views/elided_label.h"

namespace heaptap::gui {
namespace {

constexpr int kSpacing = 6;
constexpr int kLeastChoice = 4;  // Letters of a choice that stay in a small window.
constexpr int kLeastSearch = 56;
constexpr int kMostSearch = 260;

QComboBox* choice(const QString& name, const QString& tip) {
  auto* box = new QComboBox;
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
  m_row->addWidget(m_search, 2);
  m_row->addWidget(m_status, 1);
  for (QComboBox* box : {m_direction, m_cost})
    connect(box, &QComboBox::currentIndexChanged, this, &TreeControls::apply);
  connect(m_search, &QLineEdit::textChanged, this,
          [this](const QString& text) { m_source.setSearch(text.trimmed()); });
  connect(&m_source, &TreeSource::workingChanged, this, &TreeControls::showStatus);
  connect(&m_source, &TreeSource::matchesChanged, this, &TreeControls::showStatus);
}

void TreeControls::add(QWidget* control) { m_row->insertWidget(m_row->indexOf(m_search), control); }

void TreeControls::startSearch() {
  m_search->setFocus(Qt::ShortcutFocusReason);
  m_search->selectAll();
}

void TreeControls::apply() {
  TreeQuery query = m_source.query();
  query.direction = static_cast<TreeDirection>(m_direction->currentData().toInt());
  query.cost = static_cast<TreeCost>(m_cost->currentData().toInt());
  m_source.setQuery(query);
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
