// SPDX-License-Identifier: Apache-2.0
#include "gui/views/compare/compare_view.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QItemSelectionModel>

#include "gui/views/compare/change_delegate.h"
#include "gui/views/empty_text.h"

namespace heaptap::gui {
namespace {

constexpr int kCostLetters = 9;
constexpr int kNumberDigits = 11;
constexpr int kBarDigits = 12;
constexpr int kKindDigits = 8;
constexpr int kLocationDigits = 17;
constexpr int kLeastFunctionDigits = 20;
constexpr int kWideDigits = 100;      ///< As wide as a view must be for all boxes to stand beside each other.
constexpr int kRowsWithSummary = 13;  ///< Of a table: below that height, the numbers of both sides give way.

}  // namespace

CompareView::CompareView(QWidget* parent)
    : AskingView(tr("The sessions as they are now."), parent),
      m_other(new OtherSide(choice(), *this)),
      m_below(new QHBoxLayout),
      m_cost(new QComboBox(this)),
      m_heap(new QComboBox(this)),
      m_headline(new QLabel(this)),
      m_notes(new ElidedLabel(this)),
      m_summary(new DataTable(this)) {
  for (const TreeCost cost : kTreeCosts) m_cost->addItem(treeCostName(cost), static_cast<int>(cost));
  m_cost->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_cost->setMinimumContentsLength(kCostLetters);
  m_cost->setAccessibleName(tr("What is compared"));
  m_heap->setAccessibleName(tr("Heap"));
  m_heap->hide();
  m_headline->setTextFormat(Qt::PlainText);
  m_headline->setWordWrap(true);
  m_headline->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_notes->setMuted(true);
  m_summary->setModel(&m_numbers);
  m_summary->setItemDelegate(new SummaryChangeDelegate(this));
  m_summary->setAccessibleName(tr("Numbers of both sides"));
  m_summary->verticalHeader()->show();
  m_summary->setSelectionMode(QAbstractItemView::ContiguousSelection);
  m_summary->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  m_summary->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_summary->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  table().setObjectName(QStringLiteral("compare"));
  table().setModel(&m_changes);
  table().setItemDelegate(new ChangeDelegate(this));
  table().setAccessibleName(tr("Call sites that differ"));
  table().setSortingEnabled(true);
  table().sortByColumn(ChangeModel::Change, Qt::DescendingOrder);
  for (const int column : {ChangeModel::Change, ChangeModel::Before, ChangeModel::After})
    table().setColumnDigits(column, kNumberDigits);
  table().setColumnDigits(ChangeModel::Bar, kBarDigits);
  table().setColumnDigits(ChangeModel::Kind, kKindDigits);
  table().setColumnDigits(ChangeModel::Location, kLocationDigits);
  table().stretchColumn(
      ChangeModel::Function, kLeastFunctionDigits,
      {ChangeModel::Location, ChangeModel::Before, ChangeModel::After, ChangeModel::Bar, ChangeModel::Kind});
  lay();
  connect(m_other, &OtherSide::fileWanted, this, &CompareView::chooseFile);
  for (QComboBox* box : {m_cost, m_heap})
    connect(box, &QComboBox::currentIndexChanged, this, [this] { wantIfCurrent(); });
}

void CompareView::lay() {
  above().insertWidget(1, &m_other->at());
  above().insertWidget(2, &m_other->file());
  above().insertWidget(3, &m_other->swap());
  above().insertWidget(4, m_cost);
  above().insertWidget(5, m_heap);
  above().addStretch(1);
  above().setStretchFactor(&choice(), 3);
  choice().setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  column().insertLayout(1, m_below);
  column().insertWidget(2, &aboutLine());
  column().insertWidget(3, m_headline);
  column().insertWidget(4, m_notes);
  column().insertWidget(5, m_summary);
  m_headline->hide();
  m_notes->hide();
  m_summary->hide();
}

void CompareView::bound() {
  connect(m_other, &OtherSide::changed, this, [this] {
    offer();
    showAnswer();
    wantIfCurrent();
  });
  connect(table().selectionModel(), &QItemSelectionModel::currentRowChanged, this, &CompareView::publish);
  connect(&m_changes, &QAbstractItemModel::modelReset, this, [this] {
    if (m_changes.rowCount() > 0) table().setCurrentIndex(m_changes.index(0, ChangeModel::Function));
    publish();
    emit titleChanged();
  });
  connect(&store(), &SessionStore::begun, this, [this] {
    if (store().session().id.isEmpty()) return;
    if (!m_session.isEmpty() && m_session != store().session().id) m_other->forget();
    m_session = store().session().id;
  });
  for (const auto signal :
       {&SessionStore::sessionsChanged, &SessionStore::summaryChanged, &SessionStore::begun})
    connect(&store(), signal, this, &CompareView::offer);
  connect(&store().beside(), &AskedSignals::answered, this, &CompareView::offer);
  connect(&selection(), &Selection::changed, this, [this](Selection::Parts parts) {
    if (parts & Selection::Time) offer();
    if (parts & Selection::Filter) m_changes.setFilter(selection().filter());
  });
  m_changes.setFilter(selection().filter());
  follow({&store().comparison()});
}

void CompareView::compareWith(const ComparedSide& side) {
  m_session = store().session().id;
  m_other->choose(side);
}

void CompareView::becomeCurrent() {
  offer();
  AskingView::becomeCurrent();
  publish();
}

void CompareView::offer() {
  m_other->offer(store(), selection().time());
  offerHeaps();
}

void CompareView::offerHeaps() {
  QStringList names{tr("malloc")};
  if (store().summary())
    for (const Heap& heap : store().summary()->heaps) names << heap.name.simplified();
  m_heap->setVisible(names.size() > 1);
  if (names.size() == m_heap->count()) return;
  const QString chosen = m_heap->currentText();
  const QSignalBlocker quiet(m_heap);
  m_heap->clear();
  m_heap->addItems(names);
  m_heap->setCurrentIndex(std::max(0, m_heap->findText(chosen)));
}

void CompareView::want() {
  if (!store().session().file.isEmpty()) store().beside().want(store().session().file);
  const auto side = m_other->side();
  if (!side) return store().comparison().want(std::nullopt);
  store().comparison().want(
      ComparisonWish{.other = *side,
                     .atNs = selection().time().atNs,
                     .cost = static_cast<TreeCost>(m_cost->currentData().toInt()),
                     .heap = m_heap->currentIndex() > 0 ? m_heap->currentText() : QString(),
                     .isOtherAfter = m_other->isAfter(),
                     .turn = turn()});
}

bool CompareView::isSettled() const {
  const auto& asked = store().comparison();
  const auto& beside = store().beside();
  if (beside.wish() && !beside.isCurrent() && beside.problem().isEmpty()) return false;
  if (!m_other->side()) return View::isSettled();
  return View::isSettled() && (asked.isCurrent() || !asked.problem().isEmpty());
}

std::optional<int> CompareView::count() const {
  if (m_changes.comparison() == nullptr) return std::nullopt;
  return m_changes.rowCount();
}

QString CompareView::emptyText() const {
  const auto& asked = store().comparison();
  if (!asked.problem().isEmpty()) return asked.problem();
  if (!m_other->side())
    return tr(
        "Choose above what this session is compared with: the run before, another session, a file, or "
        "another time of it (12.5s, 50%, peak, a mark).");
  return EmptyText{.isKnown = asked.known() != nullptr,
                   .isFiltered = !selection().filter().names().isEmpty(),
                   .noMatch = tr("No call site that differs matches the filter."),
                   .nothing = tr("No call site differs."),
                   .coming = Coming::Expected}
      .text();
}

void CompareView::showAnswer() {
  const auto& asked = store().comparison();
  const ComparisonPtr* known = asked.known();
  const ComparisonPtr comparison = known != nullptr ? *known : nullptr;
  m_numbers.setComparison(comparison);
  m_changes.setComparison(comparison);
  table().setEmptyText(emptyText());
  m_headline->setText(comparison ? comparison->headline : QString());
  m_headline->setVisible(comparison != nullptr);
  m_notes->setText(comparison ? comparison->notes.join(QStringLiteral("  ·  ")) : QString());
  m_notes->setVisible(!m_notes->text().isEmpty());
  setAbout(comparison ? tr("before: %1  ·  after: %2").arg(comparison->before, comparison->after) : QString(),
           comparison == nullptr || asked.isCurrent());
  arrangeHeight();
  emit titleChanged();
}

void CompareView::resizeEvent(QResizeEvent* event) {
  AskingView::resizeEvent(event);
  arrangeHeight();
  arrangeWidth();
}

void CompareView::arrangeWidth() {
  const bool isNarrow = width() < kWideDigits * fontMetrics().horizontalAdvance('0');
  if (isNarrow == (m_below->count() > 0)) return;
  QHBoxLayout& from = isNarrow ? above() : *m_below;
  QHBoxLayout& to = isNarrow ? *m_below : above();
  for (QWidget* widget : std::initializer_list<QWidget*>{&m_other->file(), &m_other->swap(), m_cost, m_heap})
    from.removeWidget(widget);
  int at = isNarrow ? 0 : to.indexOf(&m_other->at()) + 1;
  for (QWidget* widget : std::initializer_list<QWidget*>{&m_other->file(), &m_other->swap(), m_cost, m_heap})
    to.insertWidget(at++, widget);
  if (isNarrow)
    m_below->addStretch(1);
  else
    delete m_below->takeAt(0);  // The stretch.
}

void CompareView::arrangeHeight() {
  const int row = m_summary->verticalHeader()->defaultSectionSize();
  m_summary->setFixedHeight(m_summary->horizontalHeader()->sizeHint().height() +
                            SummaryChangeModel::RowCount * row + 2 * m_summary->frameWidth());
  m_summary->setVisible(m_changes.comparison() != nullptr && height() >= kRowsWithSummary * row);
}

/// Does not wait for the answer: an arrow key or the wheel may have chosen the entry of the box.
void CompareView::chooseFile() {
  const QString folder = QFileInfo(store().session().file).absolutePath();
  auto* const dialog =
      new QFileDialog(this, tr("Compare with a Session"), QFileInfo(folder).isDir() ? folder : QString(),
                      tr("heaptap sessions (*.heaptap);;All files (*)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
    compareWith({.of = ComparedSide::Of::File, .name = file, .at = {}});
  });
  dialog->open();
}

void CompareView::publish() {
  if (!isCurrentView()) return;
  const QModelIndex current = table().currentIndex();
  if (!current.isValid() || m_changes.comparison() == nullptr) return selection().setSites({});
  const SiteChange& change = m_changes.at(current.row());
  const Sites& set = m_changes.comparison()->setOf(change);
  if (!change.row || !set) return selection().setSites({});
  selection().setSites({.set = set, .rows = {*change.row}, .total = 1, .title = {}});
}

QList<QWidget*> CompareView::keyOrder() {
  return {&choice(), &m_other->at(), &m_other->file(), &m_other->swap(), m_cost,
          m_heap,    &again(),       m_summary,        &table()};
}

}  // namespace heaptap::gui
