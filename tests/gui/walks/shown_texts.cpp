// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/walks/shown_texts.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QComboBox>
#include <QLineEdit>
#include <QTextDocumentFragment>
#include <QToolButton>
#include <algorithm>

#include "gui/views/tables/data_table.h"
#include "tests/gui/walks/painted_texts.h"

namespace heaptap::gui::test {
namespace {

constexpr int kMostRows = 40;
constexpr int kDeepest = 6;

}  // namespace

void ShownTexts::add(const QString& where, const QString& text) {
  if (text.trimmed().isEmpty()) return;
  const QString plain = text.startsWith('<') ? QTextDocumentFragment::fromHtml(text).toPlainText() : text;
  if (!m_texts.contains(plain)) m_texts.insert(plain, where);
}

void ShownTexts::readMenu(const QString& where, QMenu& menu) {
  emit menu.aboutToShow();
  add(where, menu.title());
  for (QAction* action : menu.actions()) {
    add(where, QString(action->text()).remove('&'));
    if (menu.toolTipsVisible()) add(where, action->toolTip().remove('&'));
    add(where, action->statusTip());
    if (action->menu() != nullptr) readMenu(where + " › " + action->text(), *action->menu());
  }
  emit menu.aboutToHide();
}

void ShownTexts::readModel(const QString& where, const QAbstractItemModel& model, const QModelIndex& parent) {
  const int rows = std::min(model.rowCount(parent), kMostRows);
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < model.columnCount(parent); ++column) {
      const QModelIndex cell = model.index(row, column, parent);
      for (const int role : {Qt::DisplayRole, Qt::ToolTipRole, Qt::AccessibleTextRole})
        add(where, cell.data(role).toString());
      if (column != 0) continue;
      int depth = 0;
      for (QModelIndex at = cell; at.isValid(); at = at.parent()) ++depth;
      if (depth < kDeepest) readModel(where, model, cell);
    }
}

void ShownTexts::readWidget(const QString& where, QWidget& widget) {
  for (const QString& text : {widget.toolTip(), widget.statusTip(), widget.accessibleName(),
                              widget.accessibleDescription(), widget.whatsThis()})
    add(where, QString(text).remove('&'));
  if (const auto* line = qobject_cast<QLineEdit*>(&widget)) add(where, line->placeholderText());
  if (const auto* box = qobject_cast<QComboBox*>(&widget))
    for (int i = 0; i < box->count(); ++i) {
      add(where, box->itemText(i));
      add(where, box->itemData(i, Qt::ToolTipRole).toString());
    }
  if (const auto* button = qobject_cast<QToolButton*>(&widget);
      button != nullptr && button->menu() != nullptr)
    readMenu(where, *button->menu());
  if (const auto* view = qobject_cast<QAbstractItemView*>(&widget);
      view != nullptr && view->model() != nullptr) {
    const QAbstractItemModel& model = *view->model();
    for (const auto orientation : {Qt::Horizontal, Qt::Vertical}) {
      const int count =
          orientation == Qt::Horizontal ? model.columnCount() : std::min(model.rowCount(), kMostRows);
      for (int section = 0; section < count; ++section)
        for (const int role : {Qt::DisplayRole, Qt::ToolTipRole})
          add(where + " header", model.headerData(section, orientation, role).toString());
    }
    readModel(where + " cells", model, {});
  }
  if (auto* table = qobject_cast<DataTable*>(&widget)) {
    add(where, table->emptyText());
    if (table->model() != nullptr && table->model()->rowCount() > 0 && !table->currentIndex().isValid())
      table->setCurrentIndex(table->model()->index(0, 0));
    readMenu(where + " menu", *table->contextMenu());
    readMenu(where + " columns", *table->columnMenu());
  }
}

void ShownTexts::readWindow(const QString& where, QWidget& window) {
  add(where, window.windowTitle());
  readWidget(where, window);
  for (QWidget* widget : window.findChildren<QWidget*>())
    if (widget->isVisibleTo(&window))
      readWidget(where + ' ' + widget->metaObject()->className() + ' ' + widget->objectName(), *widget);
  const PaintedTexts painted(window);
  for (const QString& text : painted.texts()) add(where + " painted", text);
}

}  // namespace heaptap::gui::test
