// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "gui/models/filter/filter_term.h"

namespace heaptap::gui {

/// Which allocations are looked at: all that is said must hold. A value; empty: everything passes.
///
///     names()   function, file, module   ──► which call sites are shown; known at once
///     counts()  size, lifetime, thread   ──► what is counted at each site; asked for
class SiteFilter {
 public:
  SiteFilter() = default;
  /// A text in any name of the stack; empty: none.
  SiteFilter(const QString& text);  // NOLINT(google-explicit-constructor): a text is the plainest filter.
  SiteFilter(const char* text)
      : SiteFilter(QString::fromUtf8(text)) {}  // NOLINT(google-explicit-constructor)
  explicit SiteFilter(std::vector<FilterTerm> terms) : m_terms(std::move(terms)) {}

  [[nodiscard]] const std::vector<FilterTerm>& terms() const { return m_terms; }
  [[nodiscard]] bool isEmpty() const { return m_terms.empty(); }
  [[nodiscard]] SiteFilter names() const;
  [[nodiscard]] SiteFilter counts() const;
  /// Those on one thing.
  [[nodiscard]] std::vector<FilterTerm> termsOf(FilterTerm::Of of) const;
  /// Whether a size passes all terms on sizes.
  [[nodiscard]] bool passesSize(quint64 bytes) const;

  /// The same and one more; one that is there already is not added again.
  [[nodiscard]] SiteFilter with(FilterTerm term) const;
  [[nodiscard]] SiteFilter without(std::size_t position) const;
  /// Of this thread only, in place of others; where it is that already, of all threads again.
  [[nodiscard]] SiteFilter withThread(const QString& word) const;
  [[nodiscard]] SiteFilter withReplaced(std::size_t position, FilterTerm term) const;
  bool operator==(const SiteFilter&) const = default;

 private:
  std::vector<FilterTerm> m_terms;
};

}  // namespace heaptap::gui
