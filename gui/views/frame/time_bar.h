// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QLineEdit>
#include <QToolButton>
#include <QWidget>

#include "gui/models/sessions/selection.h"
#include "gui/models/sessions/session_store.h"
#include "gui/views/elided_label.h"

namespace heaptap::gui {

/// Which time the views are of: a field to write it in; where it is not now, the same in words, with what is
/// wanted of a stretch, and a button back to now.
class TimeBar : public QWidget {
  Q_OBJECT

 public:
  /// Both must outlive this.
  TimeBar(SessionStore& store, Selection& selection, QWidget* parent = nullptr);

  [[nodiscard]] QString text() const { return m_text->text(); }
  /// Where a time can be written.
  [[nodiscard]] QLineEdit& field() { return *m_field; }
  [[nodiscard]] QComboBox& of() { return *m_of; }
  [[nodiscard]] QToolButton& nowButton() { return *m_now; }

 private:
  void refresh();
  void takeWritten();

  SessionStore& m_store;
  Selection& m_selection;
  QLineEdit* m_field;
  ElidedLabel* m_text;
  QComboBox* m_of;
  QToolButton* m_now;
};

}  // namespace heaptap::gui
