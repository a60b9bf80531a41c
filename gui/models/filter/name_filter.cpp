// SPDX-License-Identifier: Apache-2.0
#include "gui/models/filter/name_filter.h"

namespace heaptap::gui {

namespace {

using Of = FilterTerm::Of;

}  // namespace

NameFilter::NameFilter(const SiteFilter& filter) {
  for (const FilterTerm& term : filter.terms())
    if (term.isOfNames()) m_matches.emplace_back(term);
}

bool NameFilter::hasNot() const {
  return std::any_of(m_matches.begin(), m_matches.end(),
                     [](const NameMatch& match) { return match.isNot(); });
}

bool NameFilter::isInStack(const NameMatch& match, const std::vector<StackLine>& stack) {
  return std::any_of(stack.begin(), stack.end(), [&](const StackLine& line) {
    return (match.looksAt(Of::Function) && match.isIn(line.function)) ||
           (match.looksAt(Of::File) && match.isIn(line.file)) ||
           (match.looksAt(Of::Module) && match.isIn(line.module));
  });
}

}  // namespace heaptap::gui
