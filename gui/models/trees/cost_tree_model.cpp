// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/cost_tree_model.h"

#include <QHash>
#include <utility>

#include "gui/models/quantity_text.h"
#include "gui/models/tool_tip.h"

namespace heaptap::gui {

CostTreeModel::CostTreeModel(const TreeSource& source, QObject* parent)
    : QAbstractItemModel(parent), m_source(source), m_tree(source.tree()) {
  connect(&source, &TreeSource::treeChanged, this, &CostTreeModel::follow);
}

void CostTreeModel::follow(bool isRefresh) {
  if (!isRefresh || !m_tree || !m_source.tree()) {
    beginResetModel();
    m_tree = m_source.tree();
    endResetModel();
    return;
  }
  emit layoutAboutToBeChanged();
  const CostTreePtr before = std::exchange(m_tree, m_source.tree());
  QHash<quint32, std::optional<quint32>> nodes;  // By their number in the tree before.
  const QModelIndexList from = persistentIndexList();
  QModelIndexList to;
  to.reserve(from.size());
  for (const QModelIndex& index : from) {
    const auto old = static_cast<quint32>(index.internalId());
    auto found = nodes.constFind(old);
    if (found == nodes.constEnd()) found = nodes.insert(old, m_tree->find(before->path(old)));
    to.append(*found ? indexOf(**found, index.column()) : QModelIndex());
  }
  changePersistentIndexList(from, to);
  emit layoutChanged();
}

QModelIndex CostTreeModel::indexOf(quint32 node, int column) const {
  if (node == CostTree::kRoot) return {};
  return createIndex(static_cast<int>(m_tree->row(node)), column, static_cast<quintptr>(node));
}

quint32 CostTreeModel::nodeOf(const QModelIndex& index) const {
  return index.isValid() ? static_cast<quint32>(index.internalId()) : CostTree::kRoot;
}

QModelIndex CostTreeModel::index(int row, int column, const QModelIndex& parent) const {
  if (!hasIndex(row, column, parent)) return {};
  return createIndex(
      row, column,
      static_cast<quintptr>(m_tree->node(nodeOf(parent)).firstChild + static_cast<quint32>(row)));
}

QModelIndex CostTreeModel::parent(const QModelIndex& child) const {
  if (!child.isValid() || !m_tree) return {};
  return indexOf(m_tree->node(nodeOf(child)).parent);
}

int CostTreeModel::rowCount(const QModelIndex& parent) const {
  if (!m_tree || parent.column() > 0) return 0;
  return static_cast<int>(m_tree->node(nodeOf(parent)).children);
}

int CostTreeModel::columnCount(const QModelIndex&) const { return ColumnCount; }

bool CostTreeModel::hasChildren(const QModelIndex& parent) const { return rowCount(parent) > 0; }

TreeWords CostTreeModel::words() const {
  const TreeWords newest = m_source.words();
  return {.tree = *m_tree, .labels = newest.labels, .query = newest.query, .isEstimate = newest.isEstimate};
}

QString CostTreeModel::text(quint32 at, int column) const {
  const CostTree::Node& node = m_tree->node(at);
  const TreeWords words = this->words();
  switch (column) {
    case Total: return treeCostText(node.total, words.query.cost, words.isEstimate);
    case Share: return shareText(node.total, m_tree->total());
    case Self: return treeCostText(node.self, words.query.cost, words.isEstimate);
    case Function: return oneLine(words.labels.of(node.function).spoken);
    case Module: return oneLine(moduleName(words.labels.of(node.function)));
    default: return {};
  }
}

QVariant CostTreeModel::data(const QModelIndex& index, int role) const {
  // The source may have gone on already: then this is about to follow it.
  if (!index.isValid() || !m_tree || !m_source.tree()) return {};
  const quint32 at = nodeOf(index);
  const CostTree::Node& node = m_tree->node(at);
  switch (role) {
    case Qt::DisplayRole: return text(at, index.column());
    case Qt::TextAlignmentRole:
      return QVariant::fromValue((index.column() < Function ? Qt::AlignRight : Qt::AlignLeft) |
                                 Qt::AlignVCenter);
    case Qt::ToolTipRole: return toolTip(nodeLines(words(), at).join('\n'));
    case Qt::AccessibleDescriptionRole: return nodeSentence(words(), at);
    case ShareRole:
      return m_tree->total() == 0 ? 0.0
                                  : static_cast<double>(node.total) / static_cast<double>(m_tree->total());
    case OwnRole: return m_source.labels().of(node.function).isOwn();
    case NothingRole: return index.column() == Self && node.self == 0;
    case MatchRole: return m_source.matches() && m_source.matches()->contains(node.function);
    default: return {};
  }
}

QVariant CostTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant::fromValue((section < Function ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  if (role == Qt::ToolTipRole) {
    switch (section) {
      case Total: return tr("By the function and all that it calls.");
      case Share: return tr("Of all that the tree shows.");
      case Self: return tr("By the function itself.");
      default: return {};
    }
  }
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case Total: return tr("Total");
    case Share: return tr("Share");
    case Self: return tr("Self");
    case Function: return tr("Function");
    case Module: return tr("Module");
    default: return {};
  }
}

}  // namespace heaptap::gui
