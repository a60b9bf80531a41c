// SPDX-License-Identifier: Apache-2.0
#include "gui/views/blocks/blocks_view.h"

#include <QItemSelectionModel>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/views/empty_text.h"

namespace heaptap::gui {
namespace {

constexpr int kNumberDigits = 11;
constexpr int kAddressDigits = 16;
constexpr int kThreadDigits = 14;
constexpr int kLocationDigits = 17;
constexpr int kLeastFunctionDigits = 20;

}  // namespace

BlocksView::BlocksView(QWidget* parent)
    : AskingView(tr("The blocks as they are now."), parent),
      m_history(new AddressPane(this)),
      m_showHistory(new QAction(tr("&History of This Address"), this)) {
  choice().addItem(tr("largest first"), static_cast<int>(BlockOrder::Largest));
  choice().addItem(tr("oldest first"), static_cast<int>(BlockOrder::Oldest));
  choice().addItem(tr("by address"), static_cast<int>(BlockOrder::Address));
  choice().setAccessibleName(tr("Order"));
  table().setObjectName(QStringLiteral("blocks"));
  table().setModel(&m_model);
  table().setAccessibleName(name());
  table().setColumnDigits(BlockModel::Size, kNumberDigits);
  table().setColumnDigits(BlockModel::Age, kNumberDigits);
  table().setColumnDigits(BlockModel::Address, kAddressDigits);
  table().setColumnDigits(BlockModel::Thread, kThreadDigits);
  table().setColumnDigits(BlockModel::Location, kLocationDigits);
  table().stretchColumn(BlockModel::Function, kLeastFunctionDigits,
                        {BlockModel::Location, BlockModel::Thread, BlockModel::Address, BlockModel::Age});
  connect(&choice(), &QComboBox::currentIndexChanged, this, [this] { wantIfCurrent(); });
  m_history->hide();
  column().addWidget(m_history, 1);
  m_showHistory->setShortcut(QKeySequence(tr("Ctrl+H")));
  m_showHistory->setShortcutContext(Qt::WidgetShortcut);
  table().addAction(m_showHistory);
  connect(m_showHistory, &QAction::triggered, this, &BlocksView::wantHistory);
  connect(&table(), &DataTable::menuOpening, this, [this](QMenu& menu) {
    if (!table().currentIndex().isValid()) return;
    menu.addSeparator();
    menu.addAction(m_showHistory);
  });
  connect(m_history, &AddressPane::closeWanted, this, &BlocksView::closeHistory);
  connect(m_history, &AddressPane::siteChosen, this, &BlocksView::publishSite);
}

void BlocksView::bound() {
  connect(table().selectionModel(), &QItemSelectionModel::currentRowChanged, this, &BlocksView::publish);
  follow({&store().blocks()});
  connect(&store().addressHistory(), &AskedSignals::answered, this, &BlocksView::showHistory);
}

void BlocksView::becomeCurrent() {
  AskingView::becomeCurrent();
  publish();
}

void BlocksView::want() {
  const TimeChoice& time = selection().time();
  store().blocks().want(BlockWish{.atNs = time.atNs,
                                  .fromNs = time.isStretch() ? time.fromNs : std::nullopt,
                                  .order = static_cast<BlockOrder>(choice().currentData().toInt()),
                                  .filter = selection().filter(),
                                  .turn = turn()});
}

bool BlocksView::isSettled() const {
  const auto& history = store().addressHistory();
  const bool hasHistory = !history.wish() || history.isCurrent() || !history.problem().isEmpty();
  return View::isSettled() && hasHistory &&
         (store().blocks().isCurrent() || !store().blocks().problem().isEmpty());
}

QString BlocksView::aboutText(const BlockPage& page) const {
  if (page.areSamples) {
    const QString text = tr("%1 in %2 blocks, from %3")
                             .arg(bytesText(page.bytes), countText(page.blocks),
                                  numberOfText(page.recorded, Noun::SampledBlock));
    return page.rows.size() < page.recorded
               ? tr("%1, the first %2 listed").arg(text, countText(page.rows.size()))
               : text;
  }
  QString text = tr("%1 in %2").arg(bytesText(page.bytes), numberOfText(page.recorded, Noun::Block));
  if (page.rows.size() < page.recorded) text += tr(", the first %1 of them").arg(countText(page.rows.size()));
  return text;
}

void BlocksView::showAnswer() {
  const auto& asked = store().blocks();
  const BlockPage* page = asked.known();
  m_model.setBlocks(page != nullptr ? page->rows : std::vector<Block>());
  const EmptyText empty{.isKnown = page != nullptr,
                        .isFiltered = !selection().filter().isEmpty(),
                        .noMatch = tr("No block's call site matches the filter."),
                        .nothing = tr("No block is live."),
                        .coming = Coming::Expected};
  table().setEmptyText(asked.problem().isEmpty() ? empty.text() : asked.problem());
  setAbout(page != nullptr ? aboutText(*page) : QString(), page == nullptr || asked.isCurrent());
  if (m_model.rowCount() > 0) table().setCurrentIndex(m_model.index(0, BlockModel::Function));
  publish();
}

void BlocksView::publish() {
  if (!isCurrentView()) return;
  const QModelIndex current = table().currentIndex();
  if (!current.isValid()) return selection().setSites({});
  publishSite(m_model.at(current.row()).site);
}

void BlocksView::publishSite(const SiteNumbers::Key& site) {
  if (!isCurrentView()) return;
  const Sites& sites = store().siteModel().sites();
  const auto row = sites ? sites->rowOf(site) : std::nullopt;
  if (!row) return selection().setSites({});
  selection().setSites({.set = sites, .rows = {*row}, .total = 1, .title = {}});
}

void BlocksView::wantHistory() {
  const QModelIndex current = table().currentIndex();
  if (!current.isValid()) return;
  // Again, it is as it is now.
  store().addressHistory().want(
      AddressWish{.address = m_model.at(current.row()).address, .turn = ++m_historyTurn});
  m_history->table().setFocus();
}

void BlocksView::closeHistory() {
  store().addressHistory().want(std::nullopt);
  table().setFocus();
}

void BlocksView::showHistory() {
  const auto& asked = store().addressHistory();
  m_history->setVisible(asked.wish().has_value());
  if (!asked.wish()) return;
  const BlockPage* page = store().blocks().known();
  m_history->showAnswer(asked, page != nullptr ? page->atNs : 0);
}

}  // namespace heaptap::gui
