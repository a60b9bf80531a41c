// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAction>

#include "gui/models/blocks/block_model.h"
#include "gui/views/blocks/address_pane.h"
#include "gui/views/frame/asking_view.h"

namespace heaptap::gui {

/// Single blocks that are live at the chosen time: the largest, the oldest, or by address; of a stretch,
/// those that are new in it. Below them, when it is wanted: what the address of one has had over time.
class BlocksView : public AskingView {
  Q_OBJECT

 public:
  explicit BlocksView(QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("Blocks"); }
  [[nodiscard]] bool isSettled() const override;
  [[nodiscard]] QList<DataTable*> tables() override { return {&table(), &m_history->table()}; }
  [[nodiscard]] QList<QWidget*> keyOrder() override {
    return AskingView::keyOrder() << &m_history->closeButton() << &m_history->table();
  }
  /// Shows what the address of the current block has had.
  [[nodiscard]] QAction& historyAction() { return *m_showHistory; }
  [[nodiscard]] AddressPane& history() { return *m_history; }
  void becomeCurrent() override;

 protected:
  void bound() override;
  void want() override;
  [[nodiscard]] bool hasWish() const override { return store().blocks().wish().has_value(); }
  void showAnswer() override;

 private:
  void publish();
  void publishSite(const SiteNumbers::Key& site);
  void wantHistory();
  void closeHistory();
  void showHistory();
  [[nodiscard]] QString aboutText(const BlockPage& page) const;

  BlockModel m_model;
  AddressPane* m_history;
  QAction* m_showHistory;
  quint64 m_historyTurn = 0;
};

}  // namespace heaptap::gui
