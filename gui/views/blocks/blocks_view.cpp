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

BlocksView::BlocksView(QWidget* parent) : AskingView(tr("The blocks as they are now."), parent) {
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
}

void BlocksView::bound() {
  connect(table().selectionModel(), &QItemSelectionModel::currentRowChanged, this, &BlocksView::publish);
  follow({&store().blocks()});
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
  return View::isSettled() && (store().blocks().isCurrent() || !store().blocks().problem().isEmpty());
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
  const Sites& sites = store().siteModel().sites();
  if (!current.isValid() || !sites) return selection().setSites({});
  const auto row = sites->rowOf(m_model.at(current.row()).site);
  if (!row) return selection().setSites({});
  selection().setSites({.set = sites, .rows = {*row}, .total = 1, .title = {}});
}

}  // namespace heaptap::gui
