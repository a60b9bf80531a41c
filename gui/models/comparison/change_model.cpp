// SPDX-License-Identifier: Apache-2.0
#include "gui/models/comparison/change_model.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

constexpr std::array kChangeTitles{QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel", "Difference"),
                                   "",
                                   QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel", "Before"),
                                   QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel", "After"),
                                   QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel", "Change"),
                                   QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel", "Function"),
                                   QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel", "Location")};

constexpr std::array kChangeTips{
    QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel", "After less before."),
    QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel",
                      "To the right what grew, to the left what shrank; the largest change is "
                      "as wide as there is room."),
    QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel", "What the call site has on the side before."),
    QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel", "What the call site has on the side after."),
    QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel",
                      "New or gone: only one side has the call site. Noise: the difference is "
                      "not larger than the error of the numbers."),
    QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel",
                      "Call sites are matched by the names of functions: lines, addresses and "
                      "inlining make no difference."),
    QT_TRANSLATE_NOOP("heaptap::gui::ChangeModel",
                      "Of the innermost function, after; of what is gone, before.")};

}  // namespace

void ChangeModel::setComparison(ComparisonPtr comparison) {
  if (comparison == m_comparison) return;
  beginResetModel();
  m_comparison = std::move(comparison);
  m_largest = 0;
  if (m_comparison)
    for (const SiteChange& site : m_comparison->sites)
      m_largest = std::max(m_largest, site.number.magnitude());
  arrange();
  endResetModel();
}

void ChangeModel::setFilter(const SiteFilter& filter) {
  SiteFilter names = filter.names();
  if (names == m_filter) return;
  beginResetModel();
  m_filter = std::move(names);
  arrange();
  endResetModel();
}

void ChangeModel::sort(int column, Qt::SortOrder order) {
  if (column < 0 || (column == m_column && order == m_sortOrder)) return;
  beginResetModel();
  m_column = column;
  m_sortOrder = order;
  arrange();
  endResetModel();
}

void ChangeModel::arrange() {
  m_order.clear();
  if (!m_comparison) return;
  const std::vector<SiteChange>& sites = m_comparison->sites;
  const auto passing = [this](const Sites& set) { return set ? set->rowsThatPass(m_filter) : nullptr; };
  const SiteSet::Passing before = passing(m_comparison->beforeSites);
  const SiteSet::Passing after = passing(m_comparison->afterSites);
  for (std::size_t at = 0; at < sites.size(); ++at) {
    const SiteSet::Passing& matching = sites[at].isOfAfter ? after : before;
    const auto row = sites[at].row;
    if (m_filter.isEmpty() || (row && matching && *row < matching->size() && (*matching)[*row]))
      m_order.push_back(at);
  }
  const auto arrangeBy = [&](const auto& keyOf) {
    std::stable_sort(m_order.begin(), m_order.end(), [&](std::size_t a, std::size_t b) {
      return m_sortOrder == Qt::AscendingOrder ? keyOf(a) < keyOf(b) : keyOf(b) < keyOf(a);
    });
  };
  switch (m_column) {
    case Before: return arrangeBy([&](std::size_t at) { return sites[at].number.before; });
    case After: return arrangeBy([&](std::size_t at) { return sites[at].number.after; });
    case Kind: return arrangeBy([&](std::size_t at) { return -static_cast<int>(sites[at].kind); });
    case Function:
    case Location: {
      std::vector<QString> texts(sites.size());
      for (const std::size_t at : m_order) texts[at] = display(sites[at], m_column);
      return arrangeBy([&](std::size_t at) -> const QString& { return texts[at]; });
    }
    default:
      if (m_sortOrder == Qt::AscendingOrder) std::reverse(m_order.begin(), m_order.end());
  }
}

int ChangeModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

int ChangeModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

SiteLabel ChangeModel::labelOf(const SiteChange& change) const {
  const Sites& set = m_comparison->setOf(change);
  return change.row && set ? set->label(*change.row) : siteLabel({});
}

QString ChangeModel::display(const SiteChange& change, int column) const {
  const auto quantity = [this](quint64 value) {
    return m_comparison->isBytes ? bytesText(value) : countText(value);
  };
  switch (column) {
    case Change: return changeText(change.number, m_comparison->isBytes);
    case Before: return quantity(change.number.before);
    case After: return quantity(change.number.after);
    case Kind: return changeKindText(change.kind);
    case Function: return labelOf(change).function;
    case Location: return labelOf(change).location;
    default: return {};
  }
}

QString ChangeModel::tip(const SiteChange& change, int column) const {
  const auto exact = [this](quint64 value) {
    return m_comparison->isBytes ? exactBytesText(value) : countText(value);
  };
  switch (column) {
    case Change:
    case Bar: {
      QString text = tr("from %1 to %2").arg(exact(change.number.before), exact(change.number.after));
      const QString relative = relativeChangeText(change.number);
      if (!relative.isEmpty()) text += QStringLiteral(", ") + relative;
      if (change.number.noise > 0) text += tr("; it varies by %1 anyway").arg(exact(change.number.noise));
      return text;
    }
    case Before: return exact(change.number.before);
    case After: return exact(change.number.after);
    case Kind:
      return change.isSimilar ? tr("%1; the stacks of the two sides are similar, not the same")
                                    .arg(changeKindText(change.kind))
                              : changeKindText(change.kind);
    default: return display(change, column);
  }
}

QVariant ChangeModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const SiteChange& change = at(index.row());
  switch (role) {
    case Qt::DisplayRole: return display(change, index.column());
    case Qt::ToolTipRole: return toolTip(tip(change, index.column()));
    case Qt::AccessibleTextRole:
      return index.column() == Bar ? display(change, Change) : display(change, index.column());
    case Qt::TextAlignmentRole:
      return QVariant(Qt::AlignVCenter | (isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    case ShareRole: {
      const double share =
          m_largest == 0 ? 0
                         : static_cast<double>(change.number.magnitude()) / static_cast<double>(m_largest);
      return change.number.grew() ? share : -share;
    }
    case DimmedRole: return change.kind == ChangeKind::Noise;
    default: return {};
  }
}

QVariant ChangeModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
  const auto at = static_cast<std::size_t>(section);
  if (role == Qt::DisplayRole) return section == Bar ? QString() : tr(kChangeTitles[at]);
  if (role == Qt::ToolTipRole) return toolTip(tr(kChangeTips[at]));
  if (role == Qt::TextAlignmentRole)
    return QVariant(Qt::AlignVCenter | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
  return {};
}

}  // namespace heaptap::gui
