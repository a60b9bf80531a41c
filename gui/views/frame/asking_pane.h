// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QHBoxLayout>
#include <QTime>
#include <QToolButton>
#include <QVBoxLayout>
#include <initializer_list>

#include "gui/models/sessions/asked.h"
#include "gui/views/elided_label.h"
#include "gui/views/frame/view.h"

namespace heaptap::gui {

/// A view of what is not told anyway: it asks for it while it is current, again when another time or filter
/// is chosen, and of a session that runs when the user wants it. Above what it shows: a box with what can be
/// chosen, a button to ask again, and a line about the answer.
class AskingPane : public View {
  Q_OBJECT

 public:
  [[nodiscard]] QComboBox& choice() { return *m_choice; }
  [[nodiscard]] QToolButton& again() { return *m_again; }
  /// What is said about the answer.
  [[nodiscard]] QString about() const { return m_about->text(); }
  void becomeCurrent() override;
  void resign() override { m_isCurrent = false; }

 protected:
  /// `refreshTip`: what the button does. `content`: what it shows; becomes its own.
  AskingPane(const QString& refreshTip, QWidget* content, QWidget* parent);

  /// Something else to choose, behind the box.
  void addChoice(QWidget* choice) { m_above->insertWidget(m_above->indexOf(m_again), choice); }
  /// The row above what it shows, and all rows, to put more between them.
  [[nodiscard]] QHBoxLayout& above() { return *m_above; }
  [[nodiscard]] QVBoxLayout& column() { return *m_column; }
  [[nodiscard]] ElidedLabel& aboutLine() { return *m_about; }
  /// To be called by bound(), once: `asked` is where the answers are.
  void follow(std::initializer_list<AskedSignals*> asked);
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
  QHBoxLayout* m_above;
  QVBoxLayout* m_column = nullptr;
  QComboBox* m_choice;
  QToolButton* m_again;
  ElidedLabel* m_about;
  quint64 m_turn = 0;
  bool m_isCurrent = false;
  QTime m_answeredAt;
};

}  // namespace heaptap::gui
