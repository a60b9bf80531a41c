// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/blocks/block_model.h"
#include "gui/views/frame/asking_view.h"

namespace heaptap::gui {

/// Single blocks that are live at the chosen time: the largest, the oldest, or by address; of a stretch,
/// those that are new in it.
class BlocksView : public AskingView {
  Q_OBJECT

 public:
  explicit BlocksView(QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("Blocks"); }
  [[nodiscard]] bool isSettled() const override;
  [[nodiscard]] QList<DataTable*> tables() override { return {&table()}; }
  void becomeCurrent() override;

 protected:
  void bound() override;
  void want() override;
  [[nodiscard]] bool hasWish() const override { return store().blocks().wish().has_value(); }
  void showAnswer() override;

 private:
  void publish();
  [[nodiscard]] QString aboutText(const BlockPage& page) const;

  BlockModel m_model;
};

}  // namespace heaptap::gui
