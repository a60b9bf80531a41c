// SPDX-License-Identifier: Apache-2.0
#include "gui/models/blocks/block_model.h"

#include <array>
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/models/table_csv.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {
namespace {

constexpr std::array kBlockTitles{QT_TRANSLATE_NOOP("heaptap::gui::BlockModel", "Size"),
                                  QT_TRANSLATE_NOOP("heaptap::gui::BlockModel", "Age"),
                                  QT_TRANSLATE_NOOP("heaptap::gui::BlockModel", "Address"),
                                  QT_TRANSLATE_NOOP("heaptap::gui::BlockModel", "Thread"),
                                  QT_TRANSLATE_NOOP("heaptap::gui::BlockModel", "Function"),
                                  QT_TRANSLATE_NOOP("heaptap::gui::BlockModel", "Location")};

QString addressText(quint64 address) { return QStringLiteral("0x") + QString::number(address, 16); }

}  // namespace

void BlockModel::setBlocks(std::vector<Block> blocks) {
  beginResetModel();
  m_blocks = std::move(blocks);
  endResetModel();
}

int BlockModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_blocks.size());
}

int BlockModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QString BlockModel::display(const Block& block, int column) const {
  switch (column) {
    case Size: return bytesText(block.size);
    case Age: return durationText(block.ageNs);
    case Address: return addressText(block.address);
    case Thread: return block.thread.isEmpty() ? tr("unknown") : block.thread;
    case Function: return block.label.function;
    case Location: return block.label.location;
    default: return {};
  }
}

QVariant BlockModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const Block& block = at(index.row());
  switch (role) {
    case Qt::DisplayRole: return display(block, index.column());
    case Qt::ToolTipRole:
      return toolTip(index.column() == Size ? exactBytesText(block.size) : display(block, index.column()));
    case ExactValueRole:
      if (index.column() == Size) return block.size;
      return index.column() == Age ? QVariant(block.ageNs) : QVariant();
    case Qt::TextAlignmentRole:
      return QVariant(Qt::AlignVCenter | (isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    default: return {};
  }
}

QVariant BlockModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
  if (role == Qt::DisplayRole) return tr(kBlockTitles[static_cast<std::size_t>(section)]);
  if (role == UnitRole && section == Size) return QStringLiteral("bytes");
  if (role == UnitRole && section == Age) return QStringLiteral("ns");
  if (role == Qt::TextAlignmentRole)
    return QVariant(Qt::AlignVCenter | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
  return {};
}

}  // namespace heaptap::gui
