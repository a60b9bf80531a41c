// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLineEdit>
#include <optional>

#include "gui/models/filter/filter_term.h"

namespace heaptap::gui {

/// Where a term of the filter is typed. What stands there counts while it is typed; Enter makes it one of
/// those that stay. A button at its end offers what terms there are.
class FilterBox : public QLineEdit {
  Q_OBJECT

 public:
  explicit FilterBox(QWidget* parent = nullptr);

  /// None: nothing is typed, or it is no term (yet).
  [[nodiscard]] const std::optional<FilterTerm>& term() const { return m_term; }
  /// Why what is typed is no term; or empty.
  [[nodiscard]] const QString& problem() const { return m_problem; }
  /// What the menu of the button offers. Owns: the box.
  [[nodiscard]] QMenu& kinds() { return *m_kinds; }
  /// Begins anew, without a word to anybody.
  void reset();

 signals:
  /// What is typed is another term, or none, or a problem.
  void termChanged();
  /// It shall stay.
  void confirmed();
  /// The last one that stays shall be typed anew.
  void lastWanted();

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void read();
  void offerKinds();

  std::optional<FilterTerm> m_term;
  QString m_problem;
  bool m_isResetting = false;
  QMenu* m_kinds;
};

}  // namespace heaptap::gui
