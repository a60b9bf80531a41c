// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/function_labels.h"

namespace heaptap::gui {

void FunctionLabels::setSites(const Sites& sites) {
  const bool isSame = sites && m_sites && sites->series() == m_sites->series() &&
                      sites->namesVersion() == m_sites->namesVersion();
  // Whoever looks at many functions makes the labels anew at a later moment, rather than keep them all.
  if (!isSame || m_labels.size() > kMostKept) m_labels.clear();
  m_sites = sites;
}

const FunctionLabel& FunctionLabels::of(quint32 function) const {
  static const FunctionLabel kNone;
  if (!m_sites) return kNone;
  const auto known = m_labels.constFind(function);
  if (known != m_labels.constEnd()) return *known;
  return *m_labels.insert(function, m_sites->function(function));
}

}  // namespace heaptap::gui
