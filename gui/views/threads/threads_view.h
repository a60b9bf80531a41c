// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/threads/thread_matrix_model.h"
#include "gui/views/frame/asking_view.h"

namespace heaptap::gui {

/// Which threads free what which threads allocate, until the chosen instant or in the chosen stretch of time.
/// The session's events are read for it when the view is shown.
class ThreadsView : public AskingView {
  Q_OBJECT

 public:
  explicit ThreadsView(QWidget* parent = nullptr);

  [[nodiscard]] QString name() const override { return tr("Threads"); }
  [[nodiscard]] QList<DataTable*> exportable() override { return {&table()}; }
  [[nodiscard]] bool isSettled() const override;

 protected:
  void bound() override { follow({&store().threads()}); }
  void want() override;
  [[nodiscard]] bool hasWish() const override { return store().threads().wish().has_value(); }
  void showAnswer() override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  /// The last column, what was not freed, is seen as long as numbers have room.
  void fitColumns();

  ThreadMatrixModel m_model;
};

}  // namespace heaptap::gui
