// SPDX-License-Identifier: Apache-2.0
#include "gui/views/palette/command_palette.h"

#include <QAction>
#include <QCoreApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "gui/models/palette/palette_match.h"
#include "gui/models/tool_tip.h"
#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

constexpr QSize kSize{560, 380};
constexpr int kPlaceRole = Qt::UserRole + 1;
constexpr std::size_t kMostShown = 200;
constexpr int kLongestName = 120;

/// A title without the marks of its keys.
QString plainTitle(QString title) {
  QString plain;
  for (qsizetype i = 0; i < title.size(); ++i) {
    if (title[i] == '&' && i + 1 < title.size()) ++i;
    plain += title[i];
  }
  return plain;
}

}  // namespace

CommandPalette::CommandPalette(std::vector<PaletteEntry> entries, QWidget* parent)
    : QDialog(parent),
      m_entries(std::move(entries)),
      m_box(new QLineEdit(this)),
      m_list(new QListWidget(this)) {
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Commands"));
  m_box->setPlaceholderText(tr("What do you want to do?"));
  m_box->setAccessibleName(tr("Command"));
  m_list->setAccessibleName(tr("Commands that match"));
  m_list->setFocusPolicy(Qt::NoFocus);
  m_list->setUniformItemSizes(true);
  m_list->setTextElideMode(Qt::ElideRight);
  m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* const column = new QVBoxLayout(this);
  column->setContentsMargins(measure::kSpacing, measure::kSpacing, measure::kSpacing, measure::kSpacing);
  column->setSpacing(measure::kSpacing / 2);
  column->addWidget(m_box);
  column->addWidget(m_list, 1);
  m_box->installEventFilter(this);
  connect(m_box, &QLineEdit::textChanged, this, &CommandPalette::refresh);
  connect(m_box, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
  connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
  const QSize room = parent != nullptr ? parent->size() * 9 / 10 : kSize;
  resize(kSize.boundedTo(room));
  refresh();
}

void CommandPalette::refresh() {
  std::vector<std::pair<int, std::size_t>> found;
  for (std::size_t i = 0; i < m_entries.size(); ++i)
    if (const auto score = paletteScore(m_box->text(), m_entries[i].name)) found.emplace_back(-*score, i);
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  if (found.size() > kMostShown) found.resize(kMostShown);
  m_list->clear();
  for (const auto& [score, place] : found) {
    const PaletteEntry& entry = m_entries[place];
    const QString about = entry.about.simplified().left(kLongestName);
    const QString name = entry.name.simplified().left(kLongestName);
    auto* const item =
        new QListWidgetItem(about.isEmpty() ? name : name + QStringLiteral("     ") + about, m_list);
    item->setData(kPlaceRole, static_cast<qulonglong>(place));
    item->setToolTip(gui::toolTip(entry.name));
  }
  m_list->setCurrentRow(0);
}

void CommandPalette::runCurrent() {
  const QListWidgetItem* const item = m_list->currentItem();
  if (item == nullptr) return;
  const std::function<void()> run = m_entries[item->data(kPlaceRole).toULongLong()].run;
  close();
  run();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::KeyPress) return QDialog::eventFilter(watched, event);
  switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown: return QCoreApplication::sendEvent(m_list, event);
    default: return QDialog::eventFilter(watched, event);
  }
}

std::vector<PaletteEntry> entriesOf(const QList<QAction*>& actions, const QString& path) {
  std::vector<PaletteEntry> entries;
  for (QAction* const action : actions) {
    if (action->isSeparator()) continue;
    const QString name = (path.isEmpty() ? QString() : path + QStringLiteral(" › ")) +
                         plainTitle(action->text()).remove(QChar(0x2026));
    if (QMenu* const menu = action->menu()) {
      emit menu->aboutToShow();  // It may make its actions then, or enable them.
      const auto within = entriesOf(menu->actions(), name);
      entries.insert(entries.end(), within.begin(), within.end());
    } else if (action->isEnabled()) {
      const QString key = action->shortcut().toString(QKeySequence::NativeText);
      entries.push_back({.name = name,
                         .about = key.isEmpty() ? action->statusTip() : key,
                         .hasKey = !key.isEmpty(),
                         .run = [action] { action->trigger(); }});
    }
  }
  return entries;
}

}  // namespace heaptap::gui
