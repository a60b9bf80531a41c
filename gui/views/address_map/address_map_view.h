// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSplitter>

#include "gui/models/address_map/keeper_model.h"
#include "gui/models/blocks/block_model.h"
#include "gui/views/address_map/map_canvas.h"
#include "gui/views/frame/asking_pane.h"

namespace heaptap::gui {

/// Where the live blocks are, page by page; the blocks of the page that is chosen; and which call sites keep
/// pages that would be free without them.
class AddressMapView : public AskingPane {
  Q_OBJECT

 public:
  explicit AddressMapView(QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("Address map"); }
  [[nodiscard]] bool isSettled() const override;
  [[nodiscard]] QWidget& keyWidget() override { return *m_canvas; }
  [[nodiscard]] QList<QWidget*> keyOrder() override {
    return {&choice(), &again(), m_canvas, m_blocks, m_keepers};
  }
  [[nodiscard]] QList<DataTable*> tables() override { return {m_blocks, m_keepers}; }

  [[nodiscard]] MapCanvas& canvas() { return *m_canvas; }
  [[nodiscard]] Legend& legend() { return *m_legend; }
  [[nodiscard]] DataTable& blocks() { return *m_blocks; }
  [[nodiscard]] DataTable& keepers() { return *m_keepers; }

 protected:
  void bound() override;
  void want() override;
  [[nodiscard]] bool hasWish() const override { return store().addressMap().wish().has_value(); }
  void showAnswer() override;

 private:
  AddressMapView(QSplitter* parts, QWidget* parent);
  void layMap();
  void layTables();
  void listBlocks(quint64 cell);
  void showBlocks();

  QSplitter* m_parts;
  MapCanvas* m_canvas;
  ElidedLabel* m_readOut;
  Legend* m_legend;
  ElidedLabel* m_blocksTitle;
  DataTable* m_blocks;
  DataTable* m_keepers;
  BlockModel m_blockModel;
  KeeperModel m_keeperModel;
};

}  // namespace heaptap::gui
