// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QLineEdit>
#include <QObject>
#include <QToolButton>
#include <optional>
#include <vector>

#include "gui/models/comparison/other_choices.h"

namespace heaptap::gui {

/// Chooses what a session is compared with: a box, a button for files, a field for the time, and
/// which side comes first.
/// Threads: GUI thread.
class OtherSide : public QObject {
  Q_OBJECT

 public:
  /// `box`: where it is chosen. Both must outlive this.
  OtherSide(QComboBox& box, QWidget& parent);

  /// Offers what there is to compare the session of the store with; what was chosen stays.
  void offer(SessionStore& store, const TimeChoice& time);
  /// Chooses a side that does not depend on what is offered.
  void choose(const ComparedSide& side);
  /// Nothing was chosen: the likeliest is taken.
  void forget();

  /// None: there is nothing to compare with, or a time is still to be given.
  [[nodiscard]] std::optional<ComparedSide> side() const;
  [[nodiscard]] bool isAfter() const { return m_swap->isChecked(); }
  [[nodiscard]] QLineEdit& at() { return *m_at; }
  [[nodiscard]] QToolButton& file() { return *m_file; }
  [[nodiscard]] QToolButton& swap() { return *m_swap; }
  [[nodiscard]] const std::vector<OtherChoice>& choices() const { return m_choices; }

 signals:
  /// Another side is chosen, or another order.
  void changed();
  /// A file is to be chosen.
  void fileWanted();

 private:
  void fill();
  void take(int row);
  void takeTime();

  QComboBox& m_box;
  QLineEdit* m_at;
  QToolButton* m_file;
  QToolButton* m_swap;
  std::vector<OtherChoice> m_choices;
  std::optional<ComparedSide> m_side;
  OtherChoice::Kind m_kind = OtherChoice::Kind::Fixed;
  bool m_isChosen = false;  ///< By the user.
};

}  // namespace heaptap::gui
