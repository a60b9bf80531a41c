// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/tree_query.h"

#include <QCoreApplication>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

QString treeText(const char* text) { return QCoreApplication::translate("TreeQuery", text); }

}  // namespace

QString treeCostName(TreeCost cost) {
  switch (cost) {
    case TreeCost::LiveBytes: return treeText("Live bytes");
    case TreeCost::LiveBlocks: return treeText("Live blocks");
    case TreeCost::PeakBytes: return treeText("Bytes at the peak");
    case TreeCost::Allocations: return treeText("Allocations");
    case TreeCost::AllocatedBytes: return treeText("Allocated bytes");
    case TreeCost::Temporaries: return treeText("Temporaries");
  }
  return {};
}

QString treeCostWord(TreeCost cost) {
  switch (cost) {
    case TreeCost::LiveBytes:
    case TreeCost::LiveBlocks: return treeText("live");
    case TreeCost::PeakBytes: return treeText("at the peak");
    case TreeCost::Allocations:
    case TreeCost::AllocatedBytes: return treeText("allocated");
    case TreeCost::Temporaries: return treeText("temporary");
  }
  return {};
}

bool isOfBytes(TreeCost cost) {
  return cost == TreeCost::LiveBytes || cost == TreeCost::PeakBytes || cost == TreeCost::AllocatedBytes;
}

QString treeDirectionName(TreeDirection direction) {
  return direction == TreeDirection::TopDown ? treeText("Top-down") : treeText("Bottom-up");
}

QString treeCostText(quint64 value, TreeCost cost, bool isEstimate) {
  const QString text = isOfBytes(cost) ? bytesText(value) : countText(value);
  return isEstimate ? QStringLiteral("≈") + text : text;
}

QString exactTreeCostText(quint64 value, TreeCost cost, bool isEstimate) {
  QString text;
  switch (cost) {
    case TreeCost::LiveBytes:
    case TreeCost::PeakBytes:
    case TreeCost::AllocatedBytes: text = exactBytesText(value); break;
    case TreeCost::LiveBlocks: text = numberOfText(value, QStringLiteral("block")); break;
    case TreeCost::Allocations:
    case TreeCost::Temporaries: text = numberOfText(value, QStringLiteral("allocation")); break;
  }
  return isEstimate ? estimated(text) : text;
}

}  // namespace heaptap::gui
