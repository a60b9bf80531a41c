// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/findings/finding_model.h"
#include "gui/views/findings/finding_panel.h"
#include "gui/views/findings/finding_table.h"
#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// Wrong uses of the heap, and beside them the one that is selected in detail.
class FindingsView : public View {
  Q_OBJECT

 public:
  explicit FindingsView(QWidget* parent = nullptr);

  [[nodiscard]] FindingTable& table() { return *m_table; }
  [[nodiscard]] FindingPanel& panel() { return *m_panel; }
  [[nodiscard]] QString name() const override { return tr("Findings"); }
  [[nodiscard]] std::optional<int> count() const override;
  [[nodiscard]] bool isWarning() const override { return m_model.rowCount() > 0; }
  [[nodiscard]] QWidget& keyWidget() override { return *m_table; }
  [[nodiscard]] QList<QWidget*> keyOrder() override { return {m_table, &m_panel->stacks()}; }
  [[nodiscard]] QList<DataTable*> tables() override { return {m_table}; }

 protected:
  void bound() override;

 private:
  void followFindings();
  void retitle();
  void showCurrent();

  FindingModel m_model;
  FindingTable* m_table;
  FindingPanel* m_panel;
};

}  // namespace heaptap::gui
