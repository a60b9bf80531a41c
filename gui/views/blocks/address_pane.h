// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QToolButton>
#include <QWidget>

#include "gui/models/blocks/life_model.h"
#include "gui/models/sessions/asked.h"
#include "gui/views/elided_label.h"
#include "gui/views/tables/data_table.h"

namespace heaptap::gui {

/// What an address has had over time: who allocated, when, for how long, and who freed. Escape closes it.
/// Threads: GUI thread.
class AddressPane : public QWidget {
  Q_OBJECT

 public:
  explicit AddressPane(QWidget* parent = nullptr);

  /// What is known, and whether that is of what is wanted. `atNs`: the row that is live then is the current
  /// one.
  void showAnswer(const Asked<AddressWish, AddressHistory>& asked, quint64 atNs);

  [[nodiscard]] DataTable& table() { return *m_table; }
  [[nodiscard]] const LifeModel& model() const { return m_model; }
  /// What is said above the rows.
  [[nodiscard]] QString title() const { return m_title->text(); }
  [[nodiscard]] QToolButton& closeButton() { return *m_close; }

 signals:
  void closeWanted();
  /// A row is looked at.
  void siteChosen(const heaptap::gui::SiteNumbers::Key& site);

 private:
  [[nodiscard]] static QString titleFor(quint64 address, const AddressHistory& history);

  LifeModel m_model;
  ElidedLabel* m_title;
  QToolButton* m_close;
  DataTable* m_table;
};

}  // namespace heaptap::gui
