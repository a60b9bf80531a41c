// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QHBoxLayout>
#include <QList>
#include <QToolButton>
#include <QWidget>

#include "gui/models/sessions/selection.h"
#include "gui/models/sessions/session_store.h"
#include "gui/views/elided_label.h"
#include "gui/views/filter/filter_box.h"
#include "gui/views/filter/filter_chip.h"
#include "gui/views/filter/follows.h"

namespace heaptap::gui {

/// The filter that is set: its terms as chips, and what passes it. Hidden while there is none. Connects the
/// box, in which terms are typed, with the selection.
///
///     [module: libfoo ×] [size ≥ 4 KiB ×]   12 of 340 call sites  ·  3.40 MiB of 8.00 MiB live     Clear
class FilterRow : public QWidget {
  Q_OBJECT

 public:
  /// All must outlive this.
  FilterRow(FilterBox& box, SessionStore& store, Selection& selection, QWidget* parent = nullptr);

  /// What the view that is shown takes notice of.
  void setFollows(Follows follows);

  [[nodiscard]] const QList<FilterChip*>& chips() const { return m_chips; }
  /// What passes, in words; or why what is typed is no term.
  [[nodiscard]] QString text() const { return m_text->text(); }
  [[nodiscard]] QToolButton& clearButton() { return *m_clear; }

 private:
  void follow();
  void followBox();
  void keep();
  void editLast();
  void edit(std::size_t position);
  void showChips();
  void showSum();
  [[nodiscard]] SiteFilter composed() const;

  FilterBox& m_box;
  SessionStore& m_store;
  Selection& m_selection;
  SiteFilter m_kept;  ///< The terms that have chips; what is typed comes to it.
  Follows m_follows = Follows::Everything;
  QHBoxLayout* m_row;
  QList<FilterChip*> m_chips;
  ElidedLabel* m_text;
  QToolButton* m_clear;
};

}  // namespace heaptap::gui
