// SPDX-License-Identifier: Apache-2.0
#include "gui/models/site_model.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/session_text.h"
#include "gui/models/site_text.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

quint64 number(const Site& site, int column) {
  switch (column) {
    case SiteModel::LiveBytes: return site.liveBytes;
    case SiteModel::LiveBlocks: return site.liveBlocks;
    case SiteModel::Allocations: return site.allocations;
    case SiteModel::PeakBytes: return site.peakBytes;
    case SiteModel::Temporaries: return site.temporaries;
    default: return 0;
  }
}

Estimate estimate(const Site& site, int column) {
  const quint64 value = number(site, column);
  switch (column) {
    case SiteModel::LiveBytes: return site.estimateOf(value, &SiteErrors::liveBytes);
    case SiteModel::LiveBlocks: return site.estimateOf(value, &SiteErrors::liveBlocks);
    case SiteModel::Allocations: return site.estimateOf(value, &SiteErrors::allocations);
    case SiteModel::PeakBytes: return site.estimateOf(value, &SiteErrors::peakBytes);
    case SiteModel::Temporaries: return site.estimateOf(value, &SiteErrors::temporaries);
    default: return {value};
  }
}

QString text(const Site& site, int column) {
  switch (column) {
    case SiteModel::Function: return site.function;
    case SiteModel::Heap: return heapText(site);
    default: return site.location;
  }
}

bool isBytes(int column) { return column == SiteModel::LiveBytes || column == SiteModel::PeakBytes; }

}  // namespace

void SiteModel::clear() { reset(nullptr); }

void SiteModel::reset(Sites sites) {
  beginResetModel();
  m_sites = std::move(sites);
  m_rows.clear();
  m_rowOfSite.clear();
  if (m_sites) {
    m_rows.resize(m_sites->sites.size());
    std::iota(m_rows.begin(), m_rows.end(), std::size_t{0});
    m_rowOfSite.reserve(static_cast<qsizetype>(m_rows.size()));
    for (std::size_t row = 0; row < m_rows.size(); ++row) m_rowOfSite.insert(m_sites->sites[row].key(), row);
  }
  emit sitesReplaced();
  endResetModel();
}

void SiteModel::setSites(Sites sites) {
  if (!sites) return clear();
  if (!m_sites) return reset(std::move(sites));
  // Where each present row is in the new set; sites never vanish within a session.
  std::vector<std::size_t> rows(m_rows.size());
  std::vector<std::size_t> added;
  std::size_t found = 0;
  for (std::size_t position = 0; position < sites->sites.size(); ++position) {
    const auto row = m_rowOfSite.constFind(sites->sites[position].key());
    if (row == m_rowOfSite.constEnd()) {
      added.push_back(position);
    } else {
      rows[*row] = position;
      ++found;
    }
  }
  if (found != m_rows.size()) return reset(std::move(sites));

  m_sites = std::move(sites);
  m_rows = std::move(rows);
  emit sitesReplaced();
  if (!m_rows.empty()) emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
  if (added.empty()) return;
  beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(added.size()) - 1);
  for (const std::size_t position : added) {
    m_rowOfSite.insert(m_sites->sites[position].key(), m_rows.size());
    m_rows.push_back(position);
  }
  endInsertRows();
}

bool SiteModel::hasHeaps() const {
  return m_sites && std::any_of(m_sites->sites.begin(), m_sites->sites.end(),
                                [](const Site& site) { return site.heap != 0; });
}

void SiteModel::setRemains(Remains remains) {
  if (remains == m_remains) return;
  m_remains = remains;
  emit headerDataChanged(Qt::Horizontal, LiveBytes, LiveBlocks);
}

const Site& SiteModel::siteAt(int row) const { return m_sites->sites[m_rows[static_cast<std::size_t>(row)]]; }

bool SiteModel::isLess(int row, int other, int column) const {
  const Site& left = siteAt(row);
  const Site& right = siteAt(other);
  if (isNumber(column)) {
    const quint64 a = number(left, column);
    const quint64 b = number(right, column);
    if (a != b) return a < b;
  } else if (const int order =
                 QString::compare(text(left, column), text(right, column), Qt::CaseInsensitive)) {
    return order < 0;
  }
  return left.key() < right.key();
}

int SiteModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SiteModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant SiteModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const Site& site = siteAt(index.row());
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      if (!isNumber(column)) return text(site, column);
      return isBytes(column) ? shortBytesText(estimate(site, column))
                             : shortCountText(estimate(site, column));
    case Qt::TextAlignmentRole:
      return QVariant::fromValue((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ToolTipRole: return toolTip(tip(site, column));
    case SortRole: return isNumber(column) ? QVariant(number(site, column)) : QVariant(text(site, column));
    case StackRole: return site.stack;
    default: return {};
  }
}

QString SiteModel::tip(const Site& site, int column) const {
  switch (column) {
    case LiveBytes:
    case PeakBytes:
      return site.errors ? bytesText(estimate(site, column)) : exactBytesText(number(site, column));
    case LiveBlocks: return countText(estimate(site, column));
    case Allocations: return allocationsText(site);
    case Temporaries:
      return QStringLiteral("%1 of the site's allocations")
          .arg(shareText(site.temporaries, site.allocations));
    case Function:
      return site.lines.empty() ? site.function : functionText(m_sites->lines[site.lines.front()]);
    case Location: return site.lines.empty() ? QString() : locationText(m_sites->lines[site.lines.front()]);
    default: return {};
  }
}

QVariant SiteModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant::fromValue((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  if (role == Qt::DisplayRole) {
    switch (section) {
      case LiveBytes: return remainsText(m_remains);
      case LiveBlocks: return QStringLiteral("Blocks");
      case Allocations: return QStringLiteral("Allocations");
      case PeakBytes: return QStringLiteral("At peak");
      case Temporaries: return QStringLiteral("Temporary");
      case Function: return QStringLiteral("Function");
      case Heap: return QStringLiteral("Heap");
      case Location: return QStringLiteral("Location");
      default: return {};
    }
  }
  if (role == Qt::ToolTipRole) {
    switch (section) {
      case LiveBytes: return definition::remains(m_remains);
      case LiveBlocks: return QStringLiteral("How many blocks of this site nobody has freed.");
      case Allocations: return definition::allocations();
      case PeakBytes:
        return QStringLiteral("Bytes of this site that were live at the moment of the session's peak.");
      case Temporaries: return definition::temporaries();
      case Function: return QStringLiteral("The function that allocated, and those that called it.");
      case Heap:
        return QStringLiteral("Where the blocks come from: malloc, mappings, or an allocator of its own.");
      case Location: return QStringLiteral("Where in the source the allocation is; else the binary.");
      default: return {};
    }
  }
  return {};
}

}  // namespace heaptap::gui
