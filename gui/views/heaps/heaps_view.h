// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/heap_model.h"
#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// Other heaps than malloc's, of sessions that have any.
class HeapsView : public View {
  Q_OBJECT

 public:
  explicit HeapsView(QWidget* parent = nullptr);

  [[nodiscard]] DataTable& table() { return *m_table; }
  [[nodiscard]] QString name() const override { return tr("Heaps"); }
  [[nodiscard]] std::optional<int> count() const override { return m_model.rowCount(); }
  [[nodiscard]] bool isOffered() const override { return m_model.rowCount() > 0; }
  [[nodiscard]] QWidget& keyWidget() override { return *m_table; }
  [[nodiscard]] QList<DataTable*> tables() override { return {m_table}; }

 protected:
  void bound() override;

 private:
  void followSummary();

  HeapModel m_model;
  DataTable* m_table;
};

}  // namespace heaptap::gui
