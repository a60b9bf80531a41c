// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <memory>
#include <string_view>

#include "gui/models/filter/filter_term.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace heaptap::gui {

/// A term on names, ready to be asked about names. What is no regular expression is in no name.
/// Threads: one at a time.
class NameMatch {
 public:
  explicit NameMatch(const FilterTerm& term);
  ~NameMatch();
  NameMatch(NameMatch&&) noexcept;
  NameMatch& operator=(NameMatch&&) noexcept;

  /// What is wrong with the regular expression; or empty.
  [[nodiscard]] QString problem() const;
  /// Whether the name has it; whether that is asked for or must not be is the term's.
  [[nodiscard]] bool isIn(const QString& name) const;
  /// Of a name as it was recorded.
  [[nodiscard]] bool isIn(std::string_view utf8) const;

  /// Which of a line's names are looked at.
  [[nodiscard]] bool looksAt(FilterTerm::Of of) const { return m_of == of || m_of == FilterTerm::Of::Any; }
  [[nodiscard]] bool isNot() const { return m_isNot; }

 private:
  FilterTerm::Of m_of;
  bool m_isNot;
  QString m_text;
  bool m_isWhole;
  std::unique_ptr<re2::RE2> m_regex;  ///< Null: it is a text.
};

}  // namespace heaptap::gui
