// SPDX-License-Identifier: Apache-2.0
#include "analysis/suppressions/suppressions.h"

#include <iterator>
#include <utility>

namespace heaptap::analysis {

Suppressions::Suppressions(BuiltIn builtIn) {
  if (builtIn == BuiltIn::Use) m_all = builtInSuppressions();
}

Result<void> Suppressions::add(const std::string& source, std::string_view text) {
  auto parsed = parseSuppressions(source, text);
  if (!parsed) return tl::unexpected(std::move(parsed.error()));
  m_all.insert(m_all.begin() + static_cast<std::ptrdiff_t>(m_users),
               std::make_move_iterator(parsed->suppressions.begin()),
               std::make_move_iterator(parsed->suppressions.end()));
  m_users += parsed->suppressions.size();
  m_foreign += parsed->foreign;
  return {};
}

}  // namespace heaptap::analysis
