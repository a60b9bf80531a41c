// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QHBoxLayout>
#include <QLabel>

#include "gui/models/comparison/change_model.h"
#include "gui/models/comparison/summary_change_model.h"
#include "gui/views/compare/other_side.h"
#include "gui/views/frame/asking_view.h"

namespace heaptap::gui {

/// The session at the chosen time, beside another time of it or another session: the verdict, the numbers of
/// both, and the call sites that differ.
class CompareView : public AskingView {
  Q_OBJECT

 public:
  explicit CompareView(QWidget* parent = nullptr);

  /// Compares the session that is shown, or the next one that will be, with this.
  void compareWith(const ComparedSide& side);

  [[nodiscard]] QString name() const override { return tr("Compare"); }
  [[nodiscard]] std::optional<int> count() const override;
  [[nodiscard]] bool isSettled() const override;
  [[nodiscard]] QList<QWidget*> keyOrder() override;
  [[nodiscard]] QList<DataTable*> tables() override { return {&table()}; }
  void becomeCurrent() override;

  [[nodiscard]] OtherSide& other() { return *m_other; }
  [[nodiscard]] QComboBox& cost() { return *m_cost; }
  [[nodiscard]] QComboBox& heap() { return *m_heap; }
  [[nodiscard]] QString headline() const { return m_headline->text(); }
  [[nodiscard]] DataTable& summary() { return *m_summary; }

 protected:
  void bound() override;
  void want() override;
  [[nodiscard]] bool hasWish() const override { return store().comparison().wish().has_value(); }
  void showAnswer() override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void lay();
  void offer();
  void offerHeaps();
  void chooseFile();
  void publish();
  void arrangeHeight();
  /// In a narrow view, what is compared stands below what it is compared with.
  void arrangeWidth();
  [[nodiscard]] QString emptyText() const;

  ChangeModel m_changes;
  SummaryChangeModel m_numbers;
  OtherSide* m_other;
  QHBoxLayout* m_below;  ///< Empty, unless the view is narrow.
  QComboBox* m_cost;
  QComboBox* m_heap;
  QLabel* m_headline;
  ElidedLabel* m_notes;
  DataTable* m_summary;
  QString m_session;  ///< That the other side was chosen for; empty: for the next one.
};

}  // namespace heaptap::gui
