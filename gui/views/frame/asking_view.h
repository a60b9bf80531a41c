// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QToolButton>

#include "gui/models/sessions/asked.h"
#include "gui/views/elided_label.h"
#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// A view of what is not told anyway: it asks for it while it is current, again when another time or filter
/// is chosen, and of a session that runs when the user wants it. Above its table: a box with what can be
/// chosen, a button to ask again, and a line about the answer.
class AskingView : public View {
  Q_OBJECT

 public:
  [[nodiscard]] DataTable& table() { return *m_table; }
  [[nodiscard]] QComboBox& choice() { return *m_choice; }
  [[nodiscard]] QToolButton& again() { return *m_again; }
  /// What is said about the answer.
  [[nodiscard]] QString about() const { return m_about->text(); }
  [[nodiscard]] QWidget& keyWidget() override { return *m_table; }
  [[nodiscard]] QList<QWidget*> keyOrder() override { return {m_choice, m_again, m_table}; }
  void becomeCurrent() override;
  void resign() override { m_isCurrent = false; }

 protected:
  /// `refreshTip`: what the button does.
  AskingView(const QString& refreshTip, QWidget* parent);

  /// To be called by bound(): `asked` is where the answers are.
  void follow(AskedSignals& asked);
  /// Says to the store what is wanted now, as the `turn()`-th time.
  virtual void want() = 0;
  /// Whether anything was asked for by now.
  [[nodiscard]] virtual bool hasWish() const = 0;
  /// Shows the answer, or that there is none.
  virtual void showAnswer() = 0;
  void wantIfCurrent();
  /// What is said of an answer to an earlier wish is marked as such.
  void setAbout(const QString& text, bool isCurrent);
  [[nodiscard]] quint64 turn() const { return m_turn; }
  [[nodiscard]] bool isCurrentView() const { return m_isCurrent; }

 private:
  QComboBox* m_choice;
  QToolButton* m_again;
  ElidedLabel* m_about;
  DataTable* m_table;
  quint64 m_turn = 0;
  bool m_isCurrent = false;
};

}  // namespace heaptap::gui
