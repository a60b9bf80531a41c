// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/views/frame/asking_pane.h"

namespace heaptap::gui {

/// Such a view that shows a table.
class AskingView : public AskingPane {
  Q_OBJECT

 public:
  [[nodiscard]] DataTable& table() { return *m_table; }
  [[nodiscard]] QWidget& keyWidget() override { return *m_table; }
  [[nodiscard]] QList<QWidget*> keyOrder() override { return {&choice(), &again(), m_table}; }

 protected:
  AskingView(const QString& refreshTip, QWidget* parent);

 private:
  AskingView(const QString& refreshTip, DataTable* table, QWidget* parent);

  DataTable* m_table;
};

}  // namespace heaptap::gui
