// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QToolButton>

#include "gui/models/threads/thread_matrix_model.h"
#include "gui/views/elided_label.h"
#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// Which threads free what which threads allocate, until the chosen instant or in the chosen stretch of time.
/// The session's events are read for it when the view is shown.
class ThreadsView : public View {
  Q_OBJECT

 public:
  explicit ThreadsView(QWidget* parent = nullptr);

  [[nodiscard]] DataTable& table() { return *m_table; }
  [[nodiscard]] QComboBox& of() { return *m_of; }
  [[nodiscard]] QString summary() const { return m_summary->text(); }
  [[nodiscard]] QString name() const override { return tr("Threads"); }
  [[nodiscard]] bool isSettled() const override;
  [[nodiscard]] QWidget& keyWidget() override { return *m_table; }
  [[nodiscard]] QList<QWidget*> keyOrder() override { return {m_of, m_again, m_table}; }
  void becomeCurrent() override;
  void resign() override { m_isCurrent = false; }

 protected:
  void bound() override;

 private:
  void want();
  void show();

  ThreadMatrixModel m_model;
  QComboBox* m_of;
  QToolButton* m_again;
  ElidedLabel* m_summary;
  DataTable* m_table;
  quint64 m_turn = 0;
  bool m_isCurrent = false;
};

}  // namespace heaptap::gui
