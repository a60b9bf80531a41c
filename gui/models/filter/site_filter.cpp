// SPDX-License-Identifier: Apache-2.0
#include "gui/models/filter/site_filter.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace heaptap::gui {
namespace {

template <class Predicate>
std::vector<FilterTerm> those(const std::vector<FilterTerm>& terms, const Predicate& isWanted) {
  std::vector<FilterTerm> found;
  std::copy_if(terms.begin(), terms.end(), std::back_inserter(found), isWanted);
  return found;
}

}  // namespace

SiteFilter::SiteFilter(const QString& text) {
  if (!text.isEmpty()) m_terms.push_back({.text = text});
}

SiteFilter SiteFilter::names() const {
  return SiteFilter(those(m_terms, [](const FilterTerm& term) { return term.isOfNames(); }));
}

SiteFilter SiteFilter::counts() const {
  return SiteFilter(those(m_terms, [](const FilterTerm& term) { return !term.isOfNames(); }));
}

std::vector<FilterTerm> SiteFilter::termsOf(FilterTerm::Of of) const {
  return those(m_terms, [of](const FilterTerm& term) { return term.of == of; });
}

bool SiteFilter::passesSize(quint64 bytes) const {
  return std::all_of(m_terms.begin(), m_terms.end(), [bytes](const FilterTerm& term) {
    return term.of != FilterTerm::Of::Size || term.passes(bytes);
  });
}

SiteFilter SiteFilter::with(FilterTerm term) const {
  SiteFilter more = *this;
  if (std::find(m_terms.begin(), m_terms.end(), term) == m_terms.end())
    more.m_terms.push_back(std::move(term));
  return more;
}

SiteFilter SiteFilter::without(std::size_t position) const {
  SiteFilter less = *this;
  less.m_terms.erase(less.m_terms.begin() + static_cast<std::ptrdiff_t>(position));
  return less;
}

SiteFilter SiteFilter::withThread(const QString& word) const {
  const FilterTerm term{.of = FilterTerm::Of::Thread, .text = word};
  SiteFilter filter = *this;
  std::erase_if(filter.m_terms,
                [](const FilterTerm& other) { return other.of == FilterTerm::Of::Thread && !other.isNot; });
  const bool isThere = std::find(m_terms.begin(), m_terms.end(), term) != m_terms.end();
  return isThere ? filter : filter.with(term);
}

SiteFilter SiteFilter::withReplaced(std::size_t position, FilterTerm term) const {
  SiteFilter other = *this;
  other.m_terms[position] = std::move(term);
  return other;
}

}  // namespace heaptap::gui
