// SPDX-License-Identifier: Apache-2.0
#include "gui/views/threads/threads_view.h"

#include <QEvent>
#include <QHeaderView>
#include <algorithm>

#include "gui/views/delegates/heat_delegate.h"
#include "gui/views/empty_text.h"

namespace heaptap::gui {
namespace {

constexpr int kThreadColumnDigits = 14;
constexpr int kLeastThreadColumnDigits = 10;
constexpr int kEstimateColumnDigits = 16;

}  // namespace

ThreadsView::ThreadsView(QWidget* parent) : AskingView(tr("The threads as they are now."), parent) {
  choice().addItem(tr("bytes"), static_cast<int>(ThreadMatrixModel::Of::Bytes));
  choice().addItem(tr("blocks"), static_cast<int>(ThreadMatrixModel::Of::Blocks));
  choice().setAccessibleName(tr("What is counted"));
  table().setModel(&m_model);
  table().setAccessibleName(name());
  table().setItemDelegate(new HeatDelegate(ThreadMatrixModel::ShareRole, this));
  table().setSelectionBehavior(QAbstractItemView::SelectItems);
  table().verticalHeader()->show();
  table().setCorner(tr("allocated by"));
  table().horizontalHeader()->setStretchLastSection(false);
  table().viewport()->installEventFilter(this);
  connect(&choice(), &QComboBox::currentIndexChanged, this,
          [this] { m_model.setOf(static_cast<ThreadMatrixModel::Of>(choice().currentData().toInt())); });
}

void ThreadsView::want() {
  store().threads().want(ThreadWish{.fromNs = selection().time().fromNs,
                                    .toNs = selection().time().atNs,
                                    .filter = selection().filter(),
                                    .turn = turn()});
}

bool ThreadsView::isSettled() const {
  return View::isSettled() && (store().threads().isCurrent() || !store().threads().problem().isEmpty());
}

bool ThreadsView::eventFilter(QObject* watched, QEvent* event) {
  if (watched == table().viewport() && event->type() == QEvent::Resize) fitColumns();
  return AskingView::eventFilter(watched, event);
}

void ThreadsView::fitColumns() {
  const int columns = m_model.columnCount();
  if (columns == 0) return;
  const int fair = table().viewport()->width() / (columns * table().fontMetrics().horizontalAdvance('0'));
  const int digits = m_model.matrix().areEstimates
                         ? kEstimateColumnDigits
                         : std::clamp(fair, kLeastThreadColumnDigits, kThreadColumnDigits);
  for (int column = 0; column < columns; ++column) table().setColumnDigits(column, digits);
}

void ThreadsView::showAnswer() {
  const auto& asked = store().threads();
  const ThreadMatrix* matrix = asked.known();
  m_model.setMatrix(matrix != nullptr ? *matrix : ThreadMatrix());
  fitColumns();
  const EmptyText empty{.isKnown = matrix != nullptr,
                        .isFiltered = !selection().filter().isEmpty(),
                        .noMatch = tr("No call site matches the filter."),
                        .nothing = tr("Nothing was allocated in this time."),
                        .coming = Coming::Expected};
  table().setEmptyText(asked.problem().isEmpty() ? empty.text() : asked.problem());
  setAbout(tr("Rows: the thread that allocated. Columns: the thread that freed."),
           matrix == nullptr || asked.isCurrent());
}

}  // namespace heaptap::gui
