// SPDX-License-Identifier: Apache-2.0
#include "gui/views/marks/marks_view.h"

#include <QItemSelectionModel>
#include <QMenu>
#include <algorithm>

#include "gui/views/empty_text.h"

namespace heaptap::gui {
namespace {

constexpr int kNumberDigits = 13;
constexpr int kEstimateDigits = 18;
constexpr int kLeastNameDigits = 12;

}  // namespace

MarksView::MarksView(QWidget* parent) : View(parent), m_table(new DataTable(this)) {
  m_table->setObjectName(QStringLiteral("marks"));
  m_table->setModel(&m_model);
  m_table->setAccessibleName(name());
  for (int column = 0; column < m_model.columnCount(); ++column)
    m_table->setColumnDigits(column, kNumberDigits);
  m_table->setColumnDigits(MarkModel::LiveBytes, kEstimateDigits);
  m_table->stretchColumn(MarkModel::Name, kLeastNameDigits, {MarkModel::Allocations, MarkModel::LiveBlocks});
  setWidget(m_table);
  connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &MarksView::publish);
  connect(m_table, &DataTable::menuOpening, this, &MarksView::offerTimes);
}

void MarksView::offerTimes(QMenu& menu) {
  const QModelIndex current = m_table->currentIndex();
  if (!current.isValid() || !store().summary()) return;
  const quint64 mark = store().summary()->marks[static_cast<std::size_t>(current.row())].atNs;
  const quint64 end = std::max(store().timeline().endNs(), mark + 1);
  const TimeChoice& now = selection().time();
  menu.addSeparator();
  menu.addAction(tr("Show the &Heap of This Moment"), this,
                 [this, mark] { selection().setTime(TimeChoice::instant(mark)); });
  menu.addAction(tr("A Stretch &From Here"), this, [this, mark, now, end] {
    selection().setTime(TimeChoice::stretch(mark, now.atNs && *now.atNs > mark ? *now.atNs : end, now.of));
  });
  menu.addAction(tr("A Stretch &Until Here"), this, [this, mark, now] {
    selection().setTime(
        TimeChoice::stretch(now.fromNs && *now.fromNs < mark ? *now.fromNs : 0, mark, now.of));
  });
}

void MarksView::bound() {
  for (const auto signal :
       {&SessionStore::begun, &SessionStore::summaryChanged, &SessionStore::comingChanged})
    connect(&store(), signal, this, &MarksView::followSummary);
  followSummary();
}

void MarksView::followSummary() {
  m_model.setMarks(store().summary() ? store().summary()->marks : Marks());
  const EmptyText empty{.isKnown = store().summary().has_value(),
                        .isFiltered = false,
                        .noMatch = {},
                        .nothing = noMarksText(store().remains()),
                        .coming = store().coming()};
  m_table->setEmptyText(empty.text());
  emit titleChanged();
}

std::optional<int> MarksView::count() const {
  if (!store().summary()) return std::nullopt;
  return m_model.rowCount();
}

void MarksView::choose(std::size_t mark) {
  m_table->setCurrentIndex(m_model.index(static_cast<int>(mark), MarkModel::Name));
}

void MarksView::becomeCurrent() {
  m_isCurrent = true;
  selection().setSites({});  // Marks have none.
  publish();
}

void MarksView::resign() {
  m_isCurrent = false;
  selection().setMark(std::nullopt);
}

void MarksView::publish() {
  if (!m_isCurrent) return;
  const QModelIndex current = m_table->currentIndex();
  if (!current.isValid()) return selection().setMark(std::nullopt);
  m_table->selectRow(current.row());
  selection().setMark(static_cast<std::size_t>(current.row()));
}

}  // namespace heaptap::gui
