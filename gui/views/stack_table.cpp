// SPDX-License-Identifier: Apache-2.0
#include "gui/views/stack_table.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>

#include "gui/views/stack_delegate.h"

namespace heaptap::gui {
namespace {

constexpr int kLocationDigits = 18;
constexpr int kModuleDigits = 10;

}  // namespace

StackTable::StackTable(QWidget* parent) : DataTable(parent) {
  setModel(&m_stacks);
  setItemDelegate(new StackDelegate(this));
  setToolTip(tr("Enter or a double click copies the location."));
  stretchColumn(StackModel::Function);
  const int digit = fontMetrics().horizontalAdvance('0');
  horizontalHeader()->resizeSection(StackModel::Location, kLocationDigits * digit);
  horizontalHeader()->resizeSection(StackModel::Module, kModuleDigits * digit);
  connect(this, &QAbstractItemView::activated, this, &StackTable::copyLocation);
  connect(&m_stacks, &QAbstractItemModel::modelReset, this, &StackTable::spanTitles);
}

void StackTable::spanTitles() {
  clearSpans();
  for (int row = 0; row < m_stacks.rowCount(); ++row)
    if (m_stacks.index(row, 0).data(StackModel::TitleRole).toBool())
      setSpan(row, 0, 1, StackModel::ColumnCount);
  scrollToTop();
}

void StackTable::copyLocation(const QModelIndex& index) {
  const QString location = index.data(StackModel::FullLocationRole).toString();
  if (location.isEmpty()) return;
  QGuiApplication::clipboard()->setText(location);
  emit told(tr("Copied %1").arg(location));
}

}  // namespace heaptap::gui
