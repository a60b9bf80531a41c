// SPDX-License-Identifier: Apache-2.0
#include "gui/models/address_map/map_text.h"

#include <QCoreApplication>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/trees/tree_text.h"

namespace heaptap::gui {
namespace {

constexpr qsizetype kMostOfAnOwner = 80;

class AddressMapText {
  Q_DECLARE_TR_FUNCTIONS(AddressMap)
};

QString ownerName(const std::vector<MapOwner>& owners, quint32 at) {
  return at < owners.size() ? oneLine(owners[at].name, kMostOfAnOwner) : AddressMapText::tr("unknown");
}

}  // namespace

QString mapAddressText(quint64 address) { return QStringLiteral("0x") + QString::number(address, 16); }

QString mapSentence(const AddressMap& map) {
  const QString live =
      AddressMapText::tr("%1 in %2").arg(bytesText(map.bytes), numberOfText(map.blocks, Noun::Block));
  const quint64 pageBytes = map.pages * kPageBytes;
  QStringList parts{AddressMapText::tr("%1 on %2 of pages: %3 used")
                        .arg(map.areSamples ? estimated(live) : live, bytesText(pageBytes),
                             shareText(map.bytes, pageBytes))};
  parts << AddressMapText::tr("largest free run between blocks %1").arg(bytesText(map.largestFreeRun));
  if (map.keptPages > 0)
    parts
        << AddressMapText::tr("%1 kept by single small blocks").arg(numberOfText(map.keptPages, Noun::Page));
  if (map.cellBytes > kPageBytes) parts << AddressMapText::tr("a cell is %1").arg(bytesText(map.cellBytes));
  if (map.areSamples) parts << AddressMapText::tr("only the sampled blocks are known");
  if (map.isPart) parts << AddressMapText::tr("blocks at higher addresses are left out: filter");
  return parts.join(QStringLiteral("  ·  "));
}

QStringList mapCellLines(const AddressMap& map, quint64 cell) {
  const quint64 from = cell * map.cellBytes;
  QStringList lines{
      AddressMapText::tr("%1 to %2").arg(mapAddressText(from), mapAddressText(from + map.cellBytes - 1))};
  const auto found = mapCellAt(map, cell);
  if (!found) return lines << AddressMapText::tr("no block");
  const MapCell& shown = map.cells[*found];
  const quint64 room = shown.cells * map.cellBytes;
  if (shown.cells > 1)
    lines << AddressMapText::tr("all of it, as %1 in all, of one block of %2")
                 .arg(bytesText(room), bytesText(shown.largest));
  else
    lines << AddressMapText::tr("%1 in %2, %3 of it used")
                 .arg(bytesText(shown.bytes), numberOfText(shown.blocks, Noun::Block),
                      shareText(shown.bytes, room));
  lines << AddressMapText::tr("most of it: %1").arg(ownerName(map.functions, shown.function));
  lines << AddressMapText::tr("thread: %1").arg(ownerName(map.threads, shown.thread));
  lines << AddressMapText::tr("largest block %1, oldest %2")
               .arg(bytesText(shown.largest), durationText(shown.oldestNs));
  return lines;
}

QString mapCellSentence(const AddressMap& map, quint64 cell) {
  return mapCellLines(map, cell).join(QStringLiteral(", "));
}

QString mapFoldText(const AddressMap& map, const MapRow& row) {
  const QString size = bytesText(row.cells * map.cellBytes);
  if (row.kind == MapRow::Kind::Gap) return AddressMapText::tr("%1 without blocks").arg(size);
  return AddressMapText::tr("%1 more of this block, of %2")
      .arg(size, ownerName(map.functions, map.cells[row.first].function));
}

}  // namespace heaptap::gui
