// SPDX-License-Identifier: Apache-2.0
#include "gui/models/site_filter_model.h"

#include <algorithm>

namespace heaptap::gui {

SiteFilterModel::SiteFilterModel(SiteModel& source, Show show, QObject* parent)
    : QSortFilterProxyModel(parent), m_source(source), m_show(show) {
  connect(&source, &SiteModel::sitesReplaced, this, &SiteFilterModel::matchLines);
  setSortRole(SiteModel::SortRole);
  setDynamicSortFilter(true);
  setSourceModel(&source);
}

void SiteFilterModel::setText(const QString& text) {
  if (text == m_text) return;
  m_text = text;
  matchLines();
  invalidateRowsFilter();
}

const Site& SiteFilterModel::siteAt(int row) const {
  return m_source.siteAt(mapToSource(index(row, 0)).row());
}

void SiteFilterModel::matchLines() {
  m_lineMatches.clear();
  if (m_text.isEmpty() || !m_source.sites()) return;
  const auto contains = [this](const QString& text) { return text.contains(m_text, Qt::CaseInsensitive); };
  const std::vector<StackLine>& lines = m_source.sites()->lines;
  m_lineMatches.reserve(lines.size());
  for (const StackLine& line : lines)
    m_lineMatches.push_back(contains(line.function) || contains(line.file) || contains(line.module));
}

bool SiteFilterModel::filterAcceptsRow(int row, const QModelIndex&) const {
  const Site& site = m_source.siteAt(row);
  if (m_show == Show::SitesWithLiveBlocks && site.liveBlocks == 0) return false;
  return m_text.isEmpty() || site.heapName.contains(m_text, Qt::CaseInsensitive) ||
         std::any_of(site.lines.begin(), site.lines.end(),
                     [this](quint32 line) { return m_lineMatches[line]; });
}

bool SiteFilterModel::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  return m_source.isLess(left.row(), right.row(), left.column());
}

}  // namespace heaptap::gui
