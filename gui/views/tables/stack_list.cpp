// SPDX-License-Identifier: Apache-2.0
#include "gui/views/tables/stack_list.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QItemSelectionModel>
#include <QScrollBar>

#include "gui/views/delegates/stack_delegate.h"

namespace heaptap::gui {
namespace {

constexpr int kLocationDigits = 18;
constexpr int kModuleDigits = 10;
constexpr int kLeastFunctionDigits = 16;

/// Scrolls a list of stacks to the first line of the program's own, which is what is looked for, until the
/// user scrolls or chooses a line. Owned by the list.
class ToOwnLine : public QObject {
 public:
  explicit ToOwnLine(QTableView& list) : QObject(&list), m_list(list) {
    connect(list.model(), &QAbstractItemModel::modelReset, this, [this] {
      m_isLeft = false;
      m_list.scrollToTop();
      scroll();
    });
    // How far it can be scrolled is known once rows and room are laid out.
    connect(list.verticalScrollBar(), &QAbstractSlider::rangeChanged, this, &ToOwnLine::scroll);
    connect(list.verticalScrollBar(), &QAbstractSlider::actionTriggered, this, [this] { m_isLeft = true; });
    connect(list.selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) { m_isLeft = m_isLeft || current.isValid(); });
  }

 private:
  void scroll() {
    if (m_isLeft) return;
    for (int row = 0; row < m_list.model()->rowCount(); ++row) {
      const QModelIndex line = m_list.model()->index(row, StackModel::Function);
      const auto is = [&](int role) { return line.data(role).toBool(); };
      if (is(StackModel::TitleRole) || is(StackModel::MissingRole) || is(StackModel::ForeignRole)) continue;
      return m_list.scrollTo(line, QAbstractItemView::PositionAtTop);
    }
  }

  QTableView& m_list;
  bool m_isLeft = false;
};

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
  connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& current) {
            if (const StackLine* line = m_stacks.lineOf(current.row())) emit lineSelected(*line);
          });
  new ToOwnLine(*this);
}

void StackList::spanTitles() {
  clearSpans();
  for (int row = 0; row < m_stacks.rowCount(); ++row)
    if (m_stacks.index(row, 0).data(StackModel::TitleRole).toBool())
      setSpan(row, 0, 1, StackModel::ColumnCount);
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
