// SPDX-License-Identifier: Apache-2.0
#include "gui/views/blocks/blocks_view.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/views/empty_text.h"
#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

constexpr int kNumberDigits = 11;
constexpr int kAddressDigits = 16;
constexpr int kThreadDigits = 14;
constexpr int kLocationDigits = 17;
constexpr int kLeastFunctionDigits = 20;

}  // namespace

BlocksView::BlocksView(QWidget* parent)
    : View(parent),
      m_order(new QComboBox(this)),
      m_again(new QToolButton(this)),
      m_summary(new ElidedLabel(this)),
      m_table(new DataTable(this)) {
  m_order->addItem(tr("largest first"), static_cast<int>(BlockOrder::Largest));
  m_order->addItem(tr("oldest first"), static_cast<int>(BlockOrder::Oldest));
  m_order->addItem(tr("by address"), static_cast<int>(BlockOrder::Address));
  m_order->setAccessibleName(tr("Order"));
  m_again->setText(tr("Refresh"));
  m_again->setToolTip(tr("The blocks as they are now."));
  m_summary->setMuted(true);
  m_table->setObjectName(QStringLiteral("blocks"));
  m_table->setModel(&m_model);
  m_table->setAccessibleName(name());
  m_table->setColumnDigits(BlockModel::Size, kNumberDigits);
  m_table->setColumnDigits(BlockModel::Age, kNumberDigits);
  m_table->setColumnDigits(BlockModel::Address, kAddressDigits);
  m_table->setColumnDigits(BlockModel::Thread, kThreadDigits);
  m_table->setColumnDigits(BlockModel::Location, kLocationDigits);
  m_table->stretchColumn(BlockModel::Function, kLeastFunctionDigits,
                         {BlockModel::Location, BlockModel::Thread, BlockModel::Address, BlockModel::Age});

  auto* content = new QWidget(this);
  auto* above = new QHBoxLayout;
  above->setSpacing(measure::kSpacing);
  above->addWidget(m_order);
  above->addWidget(m_again);
  above->addWidget(m_summary, 1);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(measure::kSpacing / 2);
  column->addLayout(above);
  column->addWidget(m_table, 1);
  setWidget(content);

  connect(m_order, &QComboBox::currentIndexChanged, this, &BlocksView::want);
  connect(m_again, &QToolButton::clicked, this, [this] {
    ++m_turn;
    want();
  });
}

void BlocksView::bound() {
  connect(&store().blocks(), &AskedSignals::answered, this, &BlocksView::show);
  connect(&store(), &SessionStore::summaryChanged, this, [this] {
    m_again->setVisible(store().session().isLive());
    if (m_isCurrent && !store().blocks().wish()) want();
  });
  connect(&selection(), &Selection::changed, this, [this](Selection::Parts parts) {
    if (m_isCurrent && parts & (Selection::Time | Selection::Filter)) want();
  });
  connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &BlocksView::publish);
  show();
}

void BlocksView::becomeCurrent() {
  m_isCurrent = true;
  want();
  publish();
}

void BlocksView::want() {
  if (!m_isCurrent || !store().summary()) return;
  const TimeChoice& time = selection().time();
  store().blocks().want(BlockWish{.atNs = time.atNs,
                                  .fromNs = time.fromNs,
                                  .order = static_cast<BlockOrder>(m_order->currentData().toInt()),
                                  .filter = selection().filter(),
                                  .turn = m_turn});
}

bool BlocksView::isSettled() const {
  return View::isSettled() && (store().blocks().isCurrent() || !store().blocks().problem().isEmpty());
}

QString BlocksView::summaryText(const BlockPage& page) const {
  const auto marked = [&](const QString& text) { return page.areSamples ? estimated(text) : text; };
  QString text = marked(tr("%1 in %2").arg(bytesText(page.bytes), numberOfText(page.blocks, tr("block"))));
  if (page.rows.size() < page.blocks && !page.areSamples)
    text += tr(", the first %1 of them").arg(countText(page.rows.size()));
  return text;
}

void BlocksView::show() {
  const auto& asked = store().blocks();
  const BlockPage* page = asked.known();
  m_model.setBlocks(page != nullptr ? page->rows : std::vector<Block>());
  const EmptyText empty{.isKnown = page != nullptr,
                        .isFiltered = !selection().filter().isEmpty(),
                        .noMatch = tr("No block's call site matches the filter."),
                        .nothing = tr("No block is live."),
                        .coming = Coming::Expected};
  m_table->setEmptyText(asked.problem().isEmpty() ? empty.text() : asked.problem());
  QString summary = page != nullptr ? summaryText(*page) : QString();
  // What stands there is of the wish before.
  if (page != nullptr && !asked.isCurrent()) summary += QStringLiteral("  ·  ") + tr("Loading…");
  m_summary->setText(summary);
  if (m_model.rowCount() > 0) m_table->setCurrentIndex(m_model.index(0, BlockModel::Function));
  publish();
}

void BlocksView::publish() {
  if (!m_isCurrent) return;
  const QModelIndex current = m_table->currentIndex();
  const Sites& sites = store().siteModel().sites();
  if (!current.isValid() || !sites) return selection().setSites({});
  const auto& numbers = sites->numbers();
  const auto found = std::find_if(numbers.begin(), numbers.end(), [&](const SiteNumbers& site) {
    return site.key() == m_model.at(current.row()).site;
  });
  if (found == numbers.end()) return selection().setSites({});
  selection().setSites(
      {.set = sites, .rows = {static_cast<std::size_t>(found - numbers.begin())}, .total = 1, .title = {}});
}

}  // namespace heaptap::gui
