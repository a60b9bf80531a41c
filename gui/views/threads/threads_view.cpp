// SPDX-License-Identifier: Apache-2.0
#include "gui/views/threads/threads_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QVBoxLayout>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/views/delegates/heat_delegate.h"
#include "gui/views/empty_text.h"
#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

constexpr int kThreadColumnDigits = 14;

}  // namespace

ThreadsView::ThreadsView(QWidget* parent)
    : View(parent),
      m_of(new QComboBox(this)),
      m_again(new QToolButton(this)),
      m_summary(new ElidedLabel(this)),
      m_table(new DataTable(this)) {
  m_of->addItem(tr("bytes"), static_cast<int>(ThreadMatrixModel::Of::Bytes));
  m_of->addItem(tr("blocks"), static_cast<int>(ThreadMatrixModel::Of::Blocks));
  m_of->setAccessibleName(tr("What is counted"));
  m_again->setText(tr("Refresh"));
  m_again->setToolTip(tr("The threads as they are now."));
  m_summary->setMuted(true);
  m_table->setModel(&m_model);
  m_table->setAccessibleName(name());
  m_table->setItemDelegate(new HeatDelegate(ThreadMatrixModel::ShareRole, this));
  m_table->setSelectionBehavior(QAbstractItemView::SelectItems);
  m_table->verticalHeader()->show();
  m_table->horizontalHeader()->setStretchLastSection(false);

  auto* content = new QWidget(this);
  auto* above = new QHBoxLayout;
  above->setSpacing(measure::kSpacing);
  above->addWidget(m_of);
  above->addWidget(m_again);
  above->addWidget(m_summary, 1);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(measure::kSpacing / 2);
  column->addLayout(above);
  column->addWidget(m_table, 1);
  setWidget(content);

  connect(m_of, &QComboBox::currentIndexChanged, this,
          [this] { m_model.setOf(static_cast<ThreadMatrixModel::Of>(m_of->currentData().toInt())); });
  connect(m_again, &QToolButton::clicked, this, [this] {
    ++m_turn;
    want();
  });
}

void ThreadsView::bound() {
  connect(&store().threads(), &AskedSignals::answered, this, &ThreadsView::show);
  connect(&store(), &SessionStore::summaryChanged, this, [this] {
    m_again->setVisible(store().session().isLive());
    if (m_isCurrent && !store().threads().wish()) want();
  });
  connect(&selection(), &Selection::changed, this, [this](Selection::Parts parts) {
    if (m_isCurrent && parts & (Selection::Time | Selection::Filter)) want();
  });
  show();
}

void ThreadsView::becomeCurrent() {
  m_isCurrent = true;
  selection().setSites({});
  want();
}

void ThreadsView::want() {
  if (!m_isCurrent || !store().summary()) return;
  store().threads().want(ThreadWish{.fromNs = selection().time().fromNs,
                                    .toNs = selection().time().atNs,
                                    .filter = selection().filter(),
                                    .turn = m_turn});
}

bool ThreadsView::isSettled() const {
  return View::isSettled() && (store().threads().isCurrent() || !store().threads().problem().isEmpty());
}

void ThreadsView::show() {
  const auto& asked = store().threads();
  const ThreadMatrix* matrix = asked.known();
  m_model.setMatrix(matrix != nullptr ? *matrix : ThreadMatrix());
  for (int column = 0; column < m_model.columnCount(); ++column)
    m_table->setColumnDigits(column, kThreadColumnDigits);
  const EmptyText empty{.isKnown = matrix != nullptr,
                        .isFiltered = !selection().filter().isEmpty(),
                        .noMatch = tr("No call site matches the filter."),
                        .nothing = tr("Nothing was allocated in this time."),
                        .coming = Coming::Expected};
  m_table->setEmptyText(asked.problem().isEmpty() ? empty.text() : asked.problem());
  QString summary = tr("Rows: the thread that allocated. Columns: the thread that freed.");
  if (matrix != nullptr && !asked.isCurrent()) summary += QStringLiteral("  ·  ") + tr("Loading…");
  m_summary->setText(summary);
}

}  // namespace heaptap::gui
