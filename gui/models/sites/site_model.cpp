// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/site_model.h"

#include <algorithm>
#include <utility>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/sessions/session_text.h"
#include "gui/models/sites/site_text.h"
#include "gui/models/table_csv.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kMostTipLines = 24;

/// `+1.21 MiB`, `-12`, `0`
QString signedText(qint64 change, bool isBytes) {
  if (change == 0) return QStringLiteral("0");
  const quint64 size = change < 0 ? quint64{0} - static_cast<quint64>(change) : static_cast<quint64>(change);
  return (change < 0 ? QChar('-') : QChar('+')) + (isBytes ? bytesText(size) : countText(size));
}

bool isBytes(int column) { return column == SiteModel::LiveBytes || column == SiteModel::PeakBytes; }

/// Rows with other numbers, and rows that are new. Precondition: both are of one series.
SiteChanges changesBetween(const SiteSet& before, const SiteSet& after) {
  SiteChanges changes;
  const std::size_t known = before.numbers().size();
  for (std::size_t row = 0; row < known; ++row)
    if (before.numbers()[row] != after.numbers()[row]) changes.rows.push_back(static_cast<int>(row));
  changes.firstNew = static_cast<int>(known);
  changes.areNamesNew = before.namesVersion() != after.namesVersion();
  return changes;
}

}  // namespace

void SiteModel::clear() { reset(nullptr); }

void SiteModel::reset(Sites sites) {
  beginResetModel();
  m_sites = std::move(sites);
  m_rows = m_sites ? static_cast<int>(m_sites->numbers().size()) : 0;
  endResetModel();
}

void SiteModel::setSites(Sites sites) {
  if (sites == m_sites) return;
  const bool isLater = sites && m_sites && sites->series() == m_sites->series() &&
                       sites->numbers().size() >= m_sites->numbers().size();
  if (!isLater) return reset(std::move(sites));
  const SiteChanges changes = changesBetween(*m_sites, *sites);
  m_sites = std::move(sites);
  tellOf(changes);
  if (const int end = static_cast<int>(m_sites->numbers().size()); end > m_rows) {
    beginInsertRows({}, m_rows, end - 1);
    m_rows = end;
    endInsertRows();
  }
  emit refreshed(changes);
}

void SiteModel::tellOf(const SiteChanges& changes) {
  for (std::size_t at = 0; at < changes.rows.size();) {
    const std::size_t first = at;
    do ++at;
    while (at < changes.rows.size() && changes.rows[at] == changes.rows[at - 1] + 1);
    emit dataChanged(index(changes.rows[first], LiveBytes), index(changes.rows[at - 1], Temporaries));
  }
  if (changes.areNamesNew && changes.firstNew > 0)
    emit dataChanged(index(0, Function), index(changes.firstNew - 1, Location));
}

qint64 SiteModel::change(int row, int column) const {
  if (!m_earlier) return 0;
  const auto at = static_cast<std::size_t>(row);
  const bool isKnown = at < m_earlier->numbers().size();
  const SiteNumbers before = isKnown ? m_earlier->numbers()[at] : SiteNumbers();
  const SiteNumbers& now = numbersAt(row);
  // Modulo 2^64, so that what does not fit wraps in both and the difference is right.
  return column == BytesChange ? static_cast<qint64>(now.liveBytes - before.liveBytes)
                               : static_cast<qint64>(now.liveBlocks - before.liveBlocks);
}

quint64 SiteModel::number(int row, int column) const {
  // In the order of what they stand for: losses before gains.
  if (isChange(column)) return static_cast<quint64>(change(row, column)) ^ (quint64{1} << 63);
  const SiteNumbers& site = numbersAt(row);
  switch (column) {
    case LiveBytes: return site.liveBytes;
    case LiveBlocks: return site.liveBlocks;
    case Allocations: return site.allocations;
    case PeakBytes: return site.peakBytes;
    case Temporaries: return site.temporaries;
    default: return 0;
  }
}

QString SiteModel::text(int row, int column) const {
  const auto at = static_cast<std::size_t>(row);
  switch (column) {
    case Function: return m_sites->label(at).function;
    case Heap: return heapText(m_sites->heapName(at), numbersAt(row).heap);
    default: return m_sites->label(at).location;
  }
}

Estimate SiteModel::estimate(int row, int column) const {
  const auto of = [&](double SiteErrors::*error) {
    return m_sites->estimateOf(static_cast<std::size_t>(row), number(row, column), error);
  };
  switch (column) {
    case LiveBytes: return of(&SiteErrors::liveBytes);
    case LiveBlocks: return of(&SiteErrors::liveBlocks);
    case Allocations: return of(&SiteErrors::allocations);
    case PeakBytes: return of(&SiteErrors::peakBytes);
    case Temporaries: return of(&SiteErrors::temporaries);
    default: return {number(row, column)};
  }
}

void SiteModel::setRemains(Remains remains) {
  if (remains == m_remains) return;
  m_remains = remains;
  emit headerDataChanged(Qt::Horizontal, LiveBytes, LiveBlocks);
}

int SiteModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : m_rows; }

int SiteModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant SiteModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const int row = index.row();
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      if (!isNumber(column)) return text(row, column);
      if (isChange(column)) return signedText(change(row, column), column == BytesChange);
      return isBytes(column) ? shortBytesText(estimate(row, column)) : shortCountText(estimate(row, column));
    case Qt::TextAlignmentRole:
      return QVariant::fromValue((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ToolTipRole: return toolTip(tip(row, column));
    case SortRole:
      if (isChange(column)) return QVariant::fromValue(change(row, column));
      return isNumber(column) ? QVariant(number(row, column)) : QVariant(text(row, column));
    case StackRole: return numbersAt(row).stack;
    case ExactValueRole: return isNumber(column) ? QVariant(number(row, column)) : QVariant();
    case ExactErrorRole: {
      if (!isNumber(column)) return {};
      const Estimate shown = estimate(row, column);
      return shown.isExact() ? QVariant() : QVariant(shown.error.value_or(0));
    }
    default: return {};
  }
}

QString SiteModel::tip(int row, int column) const {
  const auto at = static_cast<std::size_t>(row);
  const SiteNumbers& site = numbersAt(row);
  switch (column) {
    case LiveBytes:
    case PeakBytes: {
      const Estimate bytes = estimate(row, column);
      return bytes.error ? bytesText(bytes) : exactBytesText(bytes.value);
    }
    case LiveBlocks: return countText(estimate(row, column));
    case BytesChange:
    case BlocksChange: return changeTip(row, column);
    case Allocations: return allocationsText(m_sites->site(at));
    case Temporaries:
      return tr("%1 of the site's allocations").arg(shareText(site.temporaries, site.allocations));
    case Function: {
      std::vector<StackLine> lines = m_sites->site(at).lines;
      if (lines.empty()) return m_sites->label(at).function;
      const std::size_t more = lines.size() - std::min(lines.size(), kMostTipLines);
      lines.resize(lines.size() - more);
      const QString stack = stackText(lines).trimmed();
      return more == 0 ? stack : stack + tr("\n… and %1 more").arg(countText(more));
    }
    case Location: {
      const auto innermost = m_sites->innermost(at);
      return innermost ? locationText(*innermost) : QString();
    }
    default: return {};
  }
}

QString SiteModel::changeTip(int row, int column) const {
  const auto at = static_cast<std::size_t>(row);
  const bool isKnown = m_earlier && at < m_earlier->numbers().size();
  const SiteNumbers before = isKnown ? m_earlier->numbers()[at] : SiteNumbers();
  const SiteNumbers& now = numbersAt(row);
  return column == BytesChange
             ? tr("%1 at A, %2 at B").arg(exactBytesText(before.liveBytes), exactBytesText(now.liveBytes))
             : tr("%1 at A, %2 at B").arg(countText(before.liveBlocks), countText(now.liveBlocks));
}

QVariant SiteModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant::fromValue((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  if (role == UnitRole) return isBytes(section) ? QVariant(QStringLiteral("bytes")) : QVariant();
  if (role == Qt::DisplayRole) {
    switch (section) {
      case LiveBytes: return leftText(m_remains);
      case LiveBlocks: return tr("Blocks");
      case BytesChange: return tr("Δ bytes");
      case BlocksChange: return tr("Δ blocks");
      case Allocations: return tr("Allocations");
      case PeakBytes: return tr("At peak");
      case Temporaries: return tr("Temporary");
      case Function: return tr("Function");
      case Heap: return tr("Heap");
      case Location: return tr("Location");
      default: return {};
    }
  }
  if (role == Qt::ToolTipRole) {
    switch (section) {
      case LiveBytes: return definition::remains(m_remains);
      case LiveBlocks: return tr("Blocks of this site that were not freed.");
      case BytesChange: return tr("Bytes of this site that are live at B, less those at A.");
      case BlocksChange: return tr("Blocks of this site that are live at B, less those at A.");
      case Allocations: return definition::allocations();
      case PeakBytes: return tr("Bytes of this site that were live at the moment of the session's peak.");
      case Temporaries: return definition::temporaries();
      case Function: return tr("The function that allocated, and those that called it.");
      case Heap: return tr("Where the blocks come from: malloc, mappings, or an allocator of its own.");
      case Location: return tr("Where in the source the allocation is; else the binary.");
      default: return {};
    }
  }
  return {};
}

}  // namespace heaptap::gui
