// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/marks/mark_model.h"
#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// The marks of a session. The selected one stands out in the timeline while this view is current.
class MarksView : public View {
  Q_OBJECT

 public:
  explicit MarksView(QWidget* parent = nullptr);

  [[nodiscard]] DataTable& table() { return *m_table; }
  [[nodiscard]] QString name() const override { return tr("Marks"); }
  [[nodiscard]] std::optional<int> count() const override;
  [[nodiscard]] QWidget& keyWidget() override { return *m_table; }
  [[nodiscard]] QList<DataTable*> tables() override { return {m_table}; }
  void becomeCurrent() override;
  void resign() override;
  /// Selects a mark by its position.
  void choose(std::size_t mark);

 protected:
  void bound() override;

 private:
  void followSummary();
  void publish();
  void offerTimes(QMenu& menu);

  MarkModel m_model;
  DataTable* m_table;
  bool m_isCurrent = false;
};

}  // namespace heaptap::gui
