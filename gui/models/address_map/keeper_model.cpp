// SPDX-License-Identifier: Apache-2.0
#include "gui/models/address_map/keeper_model.h"

#include <array>
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

struct KeeperColumn {
  const char* title;
  const char* about;
};
constexpr std::array kKeeperColumns{
    KeeperColumn{QT_TRANSLATE_NOOP("heaptap::gui::KeeperModel", "Kept"),
                 QT_TRANSLATE_NOOP("heaptap::gui::KeeperModel",
                                   "Bytes of pages on which nothing is but one small block.")},
    KeeperColumn{QT_TRANSLATE_NOOP("heaptap::gui::KeeperModel", "Pages"),
                 QT_TRANSLATE_NOOP("heaptap::gui::KeeperModel", "How many pages that are.")},
    KeeperColumn{QT_TRANSLATE_NOOP("heaptap::gui::KeeperModel", "Used"),
                 QT_TRANSLATE_NOOP("heaptap::gui::KeeperModel", "Bytes of its blocks on them.")},
    KeeperColumn{QT_TRANSLATE_NOOP("heaptap::gui::KeeperModel", "Function"),
                 QT_TRANSLATE_NOOP("heaptap::gui::KeeperModel", "Where those blocks were allocated.")},
    KeeperColumn{
        QT_TRANSLATE_NOOP("heaptap::gui::KeeperModel", "Location"),
        QT_TRANSLATE_NOOP("heaptap::gui::KeeperModel", "Where in the source that is; else the binary.")}};

}  // namespace

void KeeperModel::setKeepers(std::vector<PageKeeper> keepers) {
  if (keepers == m_keepers) return;
  beginResetModel();
  m_keepers = std::move(keepers);
  endResetModel();
}

int KeeperModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_keepers.size());
}

int KeeperModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant KeeperModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const PageKeeper& keeper = at(index.row());
  const auto display = [&]() -> QString {
    switch (index.column()) {
      case Kept: return bytesText(keeper.keptBytes());
      case Pages: return countText(keeper.pages);
      case Used: return bytesText(keeper.bytes);
      case Function: return keeper.label.function;
      case Location: return keeper.label.location;
      default: return {};
    }
  };
  switch (role) {
    case Qt::DisplayRole: return display();
    case Qt::ToolTipRole: return toolTip(index.column() == Used ? exactBytesText(keeper.bytes) : display());
    case Qt::TextAlignmentRole:
      return QVariant(Qt::AlignVCenter | (isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    default: return {};
  }
}

QVariant KeeperModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
  const KeeperColumn& column = kKeeperColumns[static_cast<std::size_t>(section)];
  if (role == Qt::DisplayRole) return tr(column.title);
  if (role == Qt::ToolTipRole) return tr(column.about);
  if (role == Qt::TextAlignmentRole)
    return QVariant(Qt::AlignVCenter | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
  return {};
}

}  // namespace heaptap::gui
