// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/leaks/leak_model.h"
#include "gui/views/frame/view.h"
#include "gui/views/leaks/leak_table.h"

namespace heaptap::gui {

/// The leaks of a program that has ended, a row for each root cause.
class LeaksView : public View {
  Q_OBJECT

 public:
  explicit LeaksView(QWidget* parent = nullptr);

  [[nodiscard]] LeakTable& table() { return *m_table; }
  [[nodiscard]] QString name() const override { return tr("Leaks"); }
  /// Those of the program itself that pass the filter.
  [[nodiscard]] std::optional<int> count() const override;
  [[nodiscard]] bool isOffered() const override;
  /// How leaks came to be comes last.
  [[nodiscard]] bool isSettled() const override { return store().session().isLive() || store().isFinished(); }
  [[nodiscard]] QWidget& keyWidget() override { return *m_table; }
  [[nodiscard]] QList<DataTable*> tables() override { return {m_table}; }
  void becomeCurrent() override;
  void resign() override { m_isCurrent = false; }

 signals:
  /// The leak of this call site shall be set apart from now on.
  void suppressWanted(const heaptap::gui::SiteNumbers::Key& site);

 protected:
  void bound() override;

 private:
  void followLeaks();
  /// Those that pass the filter.
  void showLeaks();
  void retitle();
  void publish();

  LeakModel m_model;
  LeakTable* m_table;
  bool m_isCurrent = false;
};

}  // namespace heaptap::gui
