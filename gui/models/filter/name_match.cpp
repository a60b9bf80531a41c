// SPDX-License-Identifier: Apache-2.0
#include "gui/models/filter/name_match.h"

#include <re2/re2.h>

#include <string>

namespace heaptap::gui {

NameMatch::NameMatch(const FilterTerm& term)
    : m_of(term.of), m_isNot(term.isNot), m_text(term.text), m_isWhole(term.isWhole) {
  if (!term.isRegex) return;
  // As client/filter.cpp: names are bytes, and what is not UTF-8 must not keep the rest from being found.
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_log_errors(false);
  m_regex = std::make_unique<re2::RE2>(term.text.toStdString(), options);
}

NameMatch::~NameMatch() = default;
NameMatch::NameMatch(NameMatch&&) noexcept = default;
NameMatch& NameMatch::operator=(NameMatch&&) noexcept = default;

QString NameMatch::problem() const {
  return m_regex && !m_regex->ok() ? QString::fromStdString(m_regex->error()) : QString();
}

bool NameMatch::isIn(const QString& name) const {
  if (m_regex) return !name.isEmpty() && isIn(std::string_view(name.toStdString()));
  if (m_isWhole) return name == m_text;
  return !name.isEmpty() && name.contains(m_text, Qt::CaseInsensitive);
}

bool NameMatch::isIn(std::string_view utf8) const {
  if (utf8.empty()) return false;
  if (m_regex) return m_regex->ok() && re2::RE2::PartialMatch({utf8.data(), utf8.size()}, *m_regex);
  return isIn(QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size())));
}

}  // namespace heaptap::gui
