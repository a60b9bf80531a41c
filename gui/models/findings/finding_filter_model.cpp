// SPDX-License-Identifier: Apache-2.0
#include "gui/models/findings/finding_filter_model.h"

#include <algorithm>

namespace heaptap::gui {

FindingFilterModel::FindingFilterModel(FindingModel& source, QObject* parent)
    : QSortFilterProxyModel(parent), m_source(source) {
  setSortRole(FindingModel::SortRole);
  setSortCaseSensitivity(Qt::CaseInsensitive);
  setDynamicSortFilter(true);
  setSourceModel(&source);
}

void FindingFilterModel::setText(const QString& text) {
  if (text == m_text) return;
  m_text = text;
  invalidateRowsFilter();
}

const Finding& FindingFilterModel::findingAt(int row) const {
  return m_source.at(mapToSource(index(row, 0)).row());
}

bool FindingFilterModel::filterAcceptsRow(int row, const QModelIndex&) const {
  if (m_text.isEmpty()) return true;
  const auto contains = [this](const QString& text) { return text.contains(m_text, Qt::CaseInsensitive); };
  const auto isIn = [&](const std::vector<StackLine>& stack) {
    return std::any_of(stack.begin(), stack.end(), [&](const StackLine& line) {
      return contains(line.function) || contains(line.file) || contains(line.module);
    });
  };
  const Finding& finding = m_source.at(row);
  return contains(finding.words) || isIn(finding.free) || isIn(finding.earlierFree) ||
         isIn(finding.allocation);
}

}  // namespace heaptap::gui
