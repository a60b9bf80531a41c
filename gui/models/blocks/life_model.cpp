// SPDX-License-Identifier: Apache-2.0
#include "gui/models/blocks/life_model.h"

#include <array>
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/models/table_csv.h"
#include "gui/models/timeline/axis.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

constexpr quint64 kMicrosecond = 1'000;
constexpr std::array kLifeTitles{QT_TRANSLATE_NOOP("heaptap::gui::LifeModel", "Allocated At"),
                                 QT_TRANSLATE_NOOP("heaptap::gui::LifeModel", "Lived"),
                                 QT_TRANSLATE_NOOP("heaptap::gui::LifeModel", "Size"),
                                 QT_TRANSLATE_NOOP("heaptap::gui::LifeModel", "Thread"),
                                 QT_TRANSLATE_NOOP("heaptap::gui::LifeModel", "Function"),
                                 QT_TRANSLATE_NOOP("heaptap::gui::LifeModel", "Location"),
                                 QT_TRANSLATE_NOOP("heaptap::gui::LifeModel", "Freed At"),
                                 QT_TRANSLATE_NOOP("heaptap::gui::LifeModel", "Freed By"),
                                 QT_TRANSLATE_NOOP("heaptap::gui::LifeModel", "Freed In"),
                                 QT_TRANSLATE_NOOP("heaptap::gui::LifeModel", "Heap")};

}  // namespace

void LifeModel::setLives(std::vector<BlockLife> lives) {
  beginResetModel();
  m_lives = std::move(lives);
  endResetModel();
}

int LifeModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_lives.size());
}

int LifeModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString LifeModel::display(const BlockLife& life, int column) const {
  const auto orUnknown = [](const QString& text) { return text.isEmpty() ? tr("unknown") : text; };
  switch (column) {
    case Born: return momentText(life.bornNs, kMicrosecond);
    case Lived: return life.freedNs ? durationText(*life.freedNs - life.bornNs) : tr("live");
    case Size: return bytesText(life.size);
    case Thread: return orUnknown(life.thread);
    case Function: return life.label.function;
    case Location: return life.label.location;
    case Freed: return life.freedNs ? momentText(*life.freedNs, kMicrosecond) : tr("not freed");
    case FreedBy: return life.freedNs ? orUnknown(life.freedBy) : QString();
    case FreedIn: return life.freedIn;
    case Heap: return life.heap.isEmpty() ? QStringLiteral("malloc") : life.heap;
    default: return {};
  }
}

QVariant LifeModel::exact(const BlockLife& life, int column) const {
  switch (column) {
    case Born: return life.bornNs;
    case Lived: return life.freedNs ? QVariant(*life.freedNs - life.bornNs) : QVariant();
    case Size: return life.size;
    case Freed: return life.freedNs ? QVariant(*life.freedNs) : QVariant();
    default: return {};
  }
}

QVariant LifeModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const BlockLife& life = at(index.row());
  switch (role) {
    case Qt::DisplayRole: return display(life, index.column());
    case Qt::ToolTipRole:
      return toolTip(index.column() == Size ? exactBytesText(life.size) : display(life, index.column()));
    case ExactValueRole: return exact(life, index.column());
    case Qt::TextAlignmentRole:
      return QVariant(Qt::AlignVCenter | (isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    default: return {};
  }
}

QVariant LifeModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
  if (role == Qt::DisplayRole) return tr(kLifeTitles[static_cast<std::size_t>(section)]);
  if (role == UnitRole && section == Size) return QStringLiteral("bytes");
  if (role == UnitRole && isNumber(section)) return QStringLiteral("ns");
  if (role == Qt::TextAlignmentRole)
    return QVariant(Qt::AlignVCenter | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
  return {};
}

}  // namespace heaptap::gui
