// SPDX-License-Identifier: Apache-2.0
#include "gui/views/tables/stack_list.h"

#include <QClipboard>
#include <QGuiApplication>

#include "gui/views/delegates/stack_delegate.h"

namespace heaptap::gui {
namespace {

constexpr int kLocationDigits = 18;
constexpr int kModuleDigits = 10;
constexpr int kLeastFunctionDigits = 16;

}  // namespace

StackList::StackList(QWidget* parent) : DataTable(parent) {
  setModel(&m_stacks);
  setItemDelegate(new StackDelegate(this));
  setToolTip(tr("Enter or a double click copies the location."));
  setColumnDigits(StackModel::Location, kLocationDigits);
  setColumnDigits(StackModel::Module, kModuleDigits);
  stretchColumn(StackModel::Function, kLeastFunctionDigits, {StackModel::Module, StackModel::Location});
  connect(this, &QAbstractItemView::activated, this, &StackList::copyLocation);
  connect(&m_stacks, &QAbstractItemModel::modelReset, this, &StackList::spanTitles);
}

void StackList::spanTitles() {
  clearSpans();
  for (int row = 0; row < m_stacks.rowCount(); ++row)
    if (m_stacks.index(row, 0).data(StackModel::TitleRole).toBool())
      setSpan(row, 0, 1, StackModel::ColumnCount);
  scrollToTop();
}

QString StackList::currentStackText() const {
  const std::vector<StackLine>* lines = m_stacks.stackOf(currentIndex().row());
  return lines != nullptr ? stackText(*lines) : QString();
}

void StackList::copyLocation(const QModelIndex& index) {
  const QString location = index.data(StackModel::FullLocationRole).toString();
  if (location.isEmpty()) return;
  QGuiApplication::clipboard()->setText(location);
  emit announced(tr("Copied %1").arg(location));
}

}  // namespace heaptap::gui
