// SPDX-License-Identifier: Apache-2.0
#include "gui/views/address_map/address_map_view.h"

#include <QVBoxLayout>

#include "gui/models/address_map/map_text.h"
#include "gui/models/quantity_text.h"
#include "gui/views/empty_text.h"
#include "gui/views/measures.h"

namespace heaptap::gui {
namespace {

constexpr int kNarrowSpacing = 2;
constexpr int kSizeDigits = 9;
constexpr int kBlockAddressDigits = 15;
constexpr int kLocationDigits = 15;
constexpr int kLeastFunctionDigits = 14;
constexpr int kMapShare = 3;
constexpr int kTablesShare = 2;

QVBoxLayout* columnIn(QWidget* part) {
  auto* column = new QVBoxLayout(part);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(kNarrowSpacing);
  return column;
}

QSplitter* narrowSplitter(Qt::Orientation orientation, const char* name) {
  auto* splitter = new QSplitter(orientation);
  splitter->setObjectName(QLatin1String(name));
  splitter->setChildrenCollapsible(false);
  splitter->setHandleWidth(measure::kSpacing);
  return splitter;
}

}  // namespace

AddressMapView::AddressMapView(QWidget* parent)
    : AddressMapView(narrowSplitter(Qt::Horizontal, "mapParts"), parent) {}

AddressMapView::AddressMapView(QSplitter* parts, QWidget* parent)
    : AskingPane(tr("The blocks as they are now."), parts, parent),
      m_parts(parts),
      m_canvas(new MapCanvas(this)),
      m_readOut(new ElidedLabel(this)),
      m_legend(new Legend(this)),
      m_blocksTitle(new ElidedLabel(this)),
      m_blocks(new DataTable(this)),
      m_keepers(new DataTable(this)) {
  choice().addItem(tr("by call site"), static_cast<int>(MapColouring::Site));
  choice().addItem(tr("by age"), static_cast<int>(MapColouring::Age));
  choice().addItem(tr("by size"), static_cast<int>(MapColouring::Size));
  choice().addItem(tr("by thread"), static_cast<int>(MapColouring::Thread));
  choice().setAccessibleName(tr("What colours mean"));
  layMap();
  layTables();
  m_parts->setStretchFactor(0, kMapShare);
  m_parts->setStretchFactor(1, kTablesShare);
  m_parts->setSizes({kMapShare * measure::kShare, kTablesShare * measure::kShare});
  connect(&choice(), &QComboBox::currentIndexChanged, this,
          [this] { m_canvas->setColouring(static_cast<MapColouring>(choice().currentData().toInt())); });
  connect(m_canvas, &MapCanvas::legendChanged, this, [this] { m_legend->setMeanings(m_canvas->legend()); });
  const auto showReadOut = [this] {
    const QString text = m_canvas->readOut();
    m_readOut->setText(text.isEmpty() ? tr("A click on a page lists its blocks.") : text);
  };
  connect(m_canvas, &MapCanvas::readOutChanged, this, showReadOut);
  showReadOut();
  connect(m_canvas, &MapCanvas::chosen, this, &AddressMapView::listBlocks);
}

void AddressMapView::layMap() {
  m_readOut->setMuted(true);
  auto* part = new QWidget;
  auto* column = columnIn(part);
  column->addWidget(m_canvas, 1);
  column->addWidget(m_readOut);
  column->addWidget(m_legend);
  m_parts->addWidget(part);
}

void AddressMapView::layTables() {
  auto* tables = narrowSplitter(Qt::Vertical, "mapTables");
  const auto add = [tables](ElidedLabel* title, DataTable* table) {
    auto* part = new QWidget;
    auto* column = columnIn(part);
    column->addWidget(title);
    column->addWidget(table, 1);
    tables->addWidget(part);
  };
  m_blocks->setObjectName(QStringLiteral("pageBlocks"));
  m_blocks->setModel(&m_blockModel);
  m_blocks->setAccessibleName(tr("Blocks of the page"));
  m_blocks->setColumnDigits(BlockModel::Size, kSizeDigits);
  m_blocks->setColumnDigits(BlockModel::Age, kSizeDigits);
  m_blocks->setColumnDigits(BlockModel::Address, kBlockAddressDigits);
  m_blocks->setColumnDigits(BlockModel::Location, kLocationDigits);
  m_blocks->stretchColumn(BlockModel::Function, kLeastFunctionDigits,
                          {BlockModel::Location, BlockModel::Thread, BlockModel::Age, BlockModel::Address});
  m_keepers->setObjectName(QStringLiteral("pageKeepers"));
  m_keepers->setModel(&m_keeperModel);
  m_keepers->setAccessibleName(tr("Call sites that keep pages"));
  for (const int column : {KeeperModel::Kept, KeeperModel::Pages, KeeperModel::Used})
    m_keepers->setColumnDigits(column, kSizeDigits);
  m_keepers->setColumnDigits(KeeperModel::Location, kLocationDigits);
  m_keepers->stretchColumn(KeeperModel::Function, kLeastFunctionDigits,
                           {KeeperModel::Location, KeeperModel::Used, KeeperModel::Pages});
  auto* keepersTitle = new ElidedLabel(this);
  keepersTitle->setText(tr("Call sites that keep pages with single small blocks"));
  add(m_blocksTitle, m_blocks);
  add(keepersTitle, m_keepers);
  tables->setSizes({measure::kShare, measure::kShare});
  m_parts->addWidget(tables);
}

void AddressMapView::bound() {
  follow({&store().addressMap()});
  connect(&store().pageBlocks(), &AskedSignals::answered, this, &AddressMapView::showBlocks);
  showBlocks();
}

void AddressMapView::want() {
  store().addressMap().want(
      MapWish{.atNs = selection().time().atNs,
              .fromNs = selection().time().isStretch() ? selection().time().fromNs : std::nullopt,
              .filter = selection().filter(),
              .turn = turn()});
}

bool AddressMapView::isSettled() const {
  const auto& asked = store().addressMap();
  const auto& blocks = store().pageBlocks();
  return View::isSettled() && (asked.isCurrent() || !asked.problem().isEmpty()) &&
         (!blocks.wish() || blocks.isCurrent() || !blocks.problem().isEmpty());
}

void AddressMapView::showAnswer() {
  const auto& asked = store().addressMap();
  const AddressMap* map = asked.known();
  const EmptyText empty{.isKnown = map != nullptr,
                        .isFiltered = !selection().filter().isEmpty(),
                        .noMatch = tr("No block's call site matches the filter."),
                        .nothing = tr("No block is live."),
                        .coming = Coming::Expected};
  m_canvas->setEmptyText(asked.problem().isEmpty() ? empty.text() : asked.problem());
  m_canvas->setMap(map != nullptr ? *map : AddressMap());
  m_keeperModel.setKeepers(map != nullptr ? map->keepers : std::vector<PageKeeper>());
  m_keepers->setEmptyText(map != nullptr ? tr("No page has but one small block.") : QString());
  setAbout(map != nullptr ? mapSentence(*map) : QString(), map == nullptr || asked.isCurrent());
  // The blocks of a page are those of the same moment.
  if (m_canvas->current() && asked.isCurrent())
    listBlocks(*m_canvas->current());
  else
    store().pageBlocks().clear();
}

/// Of the cell, or of all of the large block that covers it.
void AddressMapView::listBlocks(quint64 cell) {
  const AddressMap& map = m_canvas->map();
  const auto& wish = store().addressMap().wish();
  if (!wish || !mapCellAt(map, cell)) return store().pageBlocks().clear();
  store().pageBlocks().want(
      BlockWish{.atNs = wish->atNs ? wish->atNs : std::optional(map.atNs),
                .fromNs = wish->fromNs,
                .order = BlockOrder::Address,
                .filter = wish->filter,
                .addresses = AddressRange{cell * map.cellBytes, (cell + 1) * map.cellBytes}});
}

void AddressMapView::showBlocks() {
  const auto& asked = store().pageBlocks();
  const BlockPage* page = asked.known();
  m_blockModel.setBlocks(page != nullptr ? page->rows : std::vector<Block>());
  if (!asked.problem().isEmpty())
    m_blocks->setEmptyText(asked.problem());
  else
    m_blocks->setEmptyText(asked.wish() ? tr("Loading…") : tr("Choose a page to see its blocks."));
  QString title = tr("Blocks of the page");
  if (page != nullptr && asked.wish() && asked.wish()->addresses)
    title = tr("%1 at %2")
                .arg(numberOfText(page->recorded, page->areSamples ? Noun::SampledBlock : Noun::Block),
                     mapAddressText(asked.wish()->addresses->from));
  m_blocksTitle->setText(title);
}

}  // namespace heaptap::gui
