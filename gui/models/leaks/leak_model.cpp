// SPDX-License-Identifier: Apache-2.0
#include "gui/models/leaks/leak_model.h"

#include <algorithm>
#include <utility>

#include "gui/models/estimate_text.h"
#include "gui/models/leaks/leaks_that_pass.h"
#include "gui/models/quantity_text.h"
#include "gui/models/table_csv.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

QString marked(const LeakGroup& group, const QString& text) {
  return group.areEstimates ? estimated(text) : text;
}

QString display(const LeakGroup& group, int column) {
  switch (column) {
    case LeakModel::Kind: return leakKindText(group.kind);
    case LeakModel::Bytes: return marked(group, bytesText(group.bytes));
    case LeakModel::Blocks: return marked(group, countText(group.blocks));
    case LeakModel::Confidence: return group.confidence ? group.confidence->word : QString();
    case LeakModel::Function: {
      const QString name = leakName(group);
      return group.heapName.isEmpty() ? name
                                      : name + LeakModel::tr("  (heap %1)").arg(group.heapName.simplified());
    }
    case LeakModel::Location: return group.name.isEmpty() ? shortLocationText(group.place) : QString();
    default: return {};
  }
}

/// Of what is judged by all call sites of a leak, whatever a filter leaves of them.
QString judged(const LeakGroup& group, const QString& text) {
  if (group.sitesLeftOut == 0 || text.isEmpty()) return text;
  const QString all = numberOfText(group.sites.size() + group.sitesLeftOut, Noun::CallSite);
  return text + '\n' + LeakModel::tr("Of all %1; the filter leaves out some.").arg(all);
}

QString tip(const LeakGroup& group, int column) {
  switch (column) {
    case LeakModel::Kind: return judged(group, leakKindMeaning(group.kind));
    case LeakModel::Bytes: return exactBytesText(group.bytes);
    case LeakModel::Blocks:
      return LeakModel::tr("from %1").arg(numberOfText(group.sites.size(), Noun::CallSite));
    case LeakModel::Confidence:
      return judged(group, group.confidence ? LeakModel::tr("%1 of 1, from its growth, its frees and its age")
                                                  .arg(group.confidence->score, 0, 'f', 2)
                                            : QString());
    case LeakModel::Function: return group.name.isEmpty() ? functionText(group.place) : group.name;
    case LeakModel::Location: return group.name.isEmpty() ? locationText(group.place) : QString();
    default: return {};
  }
}

QVariant sortKey(const LeakGroup& group, int column) {
  switch (column) {
    case LeakModel::Kind: return static_cast<int>(group.kind);
    case LeakModel::Bytes: return group.bytes;
    case LeakModel::Blocks: return group.blocks;
    case LeakModel::Growth:
    case LeakModel::Confidence: return group.confidence ? group.confidence->score : -1.0;
    default: return display(group, column);
  }
}

QList<double> growthOf(const LeakGroup& group) {
  QList<double> shares;
  if (group.liveBytes.empty()) return shares;
  const quint64 most = *std::max_element(group.liveBytes.begin(), group.liveBytes.end());
  for (const quint64 bytes : group.liveBytes)
    shares << (most == 0 ? 0.0 : static_cast<double>(bytes) / static_cast<double>(most));
  return shares;
}

}  // namespace

void LeakModel::setLeaks(const Leaks& leaks, const SiteFilter& filter, const Sites& sites) {
  Leaks shown = leaksThatPass(leaks, filter, sites);
  m_leaks = leaks;
  if (shown == m_shown) return;
  beginResetModel();
  m_shown = std::move(shown);
  endResetModel();
}

int LeakModel::ownGroups() const {
  if (!m_shown) return 0;
  return static_cast<int>(
      std::count_if(m_shown->begin(), m_shown->end(), [](const LeakGroup& group) { return group.isOwn(); }));
}

bool LeakModel::hasHistories() const {
  return m_leaks && std::any_of(m_leaks->begin(), m_leaks->end(), [](const LeakGroup& group) {
           return group.confidence || !group.liveBytes.empty();
         });
}

int LeakModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() || !m_shown ? 0 : static_cast<int>(m_shown->size());
}

int LeakModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant LeakModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const LeakGroup& group = at(index.row());
  switch (role) {
    case Qt::DisplayRole: return display(group, index.column());
    case Qt::TextAlignmentRole:
      return QVariant::fromValue((isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft) |
                                 Qt::AlignVCenter);
    case Qt::ToolTipRole: return toolTip(tip(group, index.column()));
    case SortRole: return sortKey(group, index.column());
    case ExactValueRole: {
      if (index.column() == Bytes) return group.bytes;
      if (index.column() == Blocks) return group.blocks;
      return index.column() == Confidence && group.confidence ? QVariant(group.confidence->score)
                                                              : QVariant();
    }
    case GrowthRole: return QVariant::fromValue(growthOf(group));
    case OwnRole: return group.isOwn();
    default: return {};
  }
}

QVariant LeakModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant::fromValue((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  struct Words {
    const char* title;
    const char* tip;
  };
  static constexpr Words kWords[] = {
      {QT_TR_NOOP("Kind"),
       QT_TR_NOOP("What is to be thought of it: growing, leaked once, or kept on purpose.")},
      {QT_TR_NOOP("Leaked"),
       QT_TR_NOOP("Memory that the process allocated and had not freed when it ended.")},
      {QT_TR_NOOP("Blocks"), QT_TR_NOOP("Blocks that were not freed.")},
      {QT_TR_NOOP("Confidence"), QT_TR_NOOP("How sure it is that this is a leak.")},
      {QT_TR_NOOP("Growth"), QT_TR_NOOP("Live bytes from the start of the run to its end.")},
      {QT_TR_NOOP("Function"),
       QT_TR_NOOP("The program's own innermost function: call sites that share it are one leak.")},
      {QT_TR_NOOP("Location"), QT_TR_NOOP("Where in the source that is; else the binary.")},
  };
  static_assert(std::size(kWords) == ColumnCount);
  if (section < 0 || section >= ColumnCount) return {};
  if (role == UnitRole) return section == Bytes ? QVariant(QStringLiteral("bytes")) : QVariant();
  if (role == Qt::DisplayRole) return tr(kWords[section].title);
  if (role == Qt::ToolTipRole) return tr(kWords[section].tip);
  return {};
}

}  // namespace heaptap::gui
