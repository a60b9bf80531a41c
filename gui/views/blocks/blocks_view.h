// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QToolButton>

#include "gui/models/blocks/block_model.h"
#include "gui/views/elided_label.h"
#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// Single blocks that are live at the chosen time: the largest, the oldest, or by address; of a stretch,
/// those that are new in it. They are asked for when the view is shown; of a session that runs, again by a
/// button.
class BlocksView : public View {
  Q_OBJECT

 public:
  explicit BlocksView(QWidget* parent = nullptr);

  [[nodiscard]] DataTable& table() { return *m_table; }
  [[nodiscard]] QComboBox& order() { return *m_order; }
  [[nodiscard]] QToolButton& again() { return *m_again; }
  [[nodiscard]] QString summary() const { return m_summary->text(); }
  [[nodiscard]] QString name() const override { return tr("Blocks"); }
  [[nodiscard]] bool isSettled() const override;
  [[nodiscard]] QWidget& keyWidget() override { return *m_table; }
  [[nodiscard]] QList<QWidget*> keyOrder() override { return {m_order, m_again, m_table}; }
  [[nodiscard]] QList<DataTable*> tables() override { return {m_table}; }
  void becomeCurrent() override;
  void resign() override { m_isCurrent = false; }

 protected:
  void bound() override;

 private:
  void want();
  void show();
  void publish();
  [[nodiscard]] QString summaryText(const BlockPage& page) const;

  BlockModel m_model;
  QComboBox* m_order;
  QToolButton* m_again;
  ElidedLabel* m_summary;
  DataTable* m_table;
  quint64 m_turn = 0;
  bool m_isCurrent = false;
};

}  // namespace heaptap::gui
