// SPDX-License-Identifier: Apache-2.0
#include "gui/models/trees/tree_query.h"

#include <QCoreApplication>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

class TreeQueryText {
  Q_DECLARE_TR_FUNCTIONS(TreeQuery)
};

}  // namespace

QString treeCostName(TreeCost cost) {
  switch (cost) {
    case TreeCost::LiveBytes: return TreeQueryText::tr("Live bytes");
    case TreeCost::LiveBlocks: return TreeQueryText::tr("Live blocks");
    case TreeCost::PeakBytes: return TreeQueryText::tr("Bytes at the peak");
    case TreeCost::Allocations: return TreeQueryText::tr("Allocations");
    case TreeCost::AllocatedBytes: return TreeQueryText::tr("Allocated bytes");
    case TreeCost::Temporaries: return TreeQueryText::tr("Temporaries");
  }
  return {};
}

QString treeCostWord(TreeCost cost) {
  switch (cost) {
    case TreeCost::LiveBytes:
    case TreeCost::LiveBlocks: return TreeQueryText::tr("live");
    case TreeCost::PeakBytes: return TreeQueryText::tr("at the peak");
    case TreeCost::Allocations:
    case TreeCost::AllocatedBytes: return TreeQueryText::tr("allocated");
    case TreeCost::Temporaries: return TreeQueryText::tr("temporary");
  }
  return {};
}

bool isOfBytes(TreeCost cost) {
  return cost == TreeCost::LiveBytes || cost == TreeCost::PeakBytes || cost == TreeCost::AllocatedBytes;
}

QString treeDirectionName(TreeDirection direction) {
  return direction == TreeDirection::TopDown ? TreeQueryText::tr("Top-down") : TreeQueryText::tr("Bottom-up");
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
    case TreeCost::LiveBlocks: text = numberOfText(value, Noun::Block); break;
    case TreeCost::Allocations:
    case TreeCost::Temporaries: text = numberOfText(value, Noun::Allocation); break;
  }
  return isEstimate ? estimated(text) : text;
}

}  // namespace heaptap::gui
