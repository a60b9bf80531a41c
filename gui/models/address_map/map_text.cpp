// SPDX-License-Identifier: Apache-2.0
#include "gui/models/address_map/map_text.h"

#include <QCoreApplication>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"
#include "gui/models/trees/tree_text.h"

namespace heaptap::gui {
namespace {

constexpr qsizetype kMostOfAnOwner = 80;

QString say(const char* text) { return QCoreApplication::translate("AddressMap", text); }

QString ownerName(const std::vector<MapOwner>& owners, quint32 at) {
  return at < owners.size() ? oneLine(owners[at].name, kMostOfAnOwner) : say("unknown");
}

}  // namespace

QString mapAddressText(quint64 address) { return QStringLiteral("0x") + QString::number(address, 16); }

QString mapSentence(const AddressMap& map) {
  const QString live = say("%1 in %2").arg(bytesText(map.bytes), numberOfText(map.blocks, say("block")));
  const quint64 pageBytes = map.pages * kPageBytes;
  QStringList parts{say("%1 on %2 of pages: %3 used")
                        .arg(map.areSamples ? estimated(live) : live, bytesText(pageBytes),
                             shareText(map.bytes, pageBytes))};
  parts << say("largest free run between blocks %1").arg(bytesText(map.largestFreeRun));
  if (map.keptPages > 0)
    parts << say("%1 kept by single small blocks").arg(numberOfText(map.keptPages, say("page")));
  if (map.cellBytes > kPageBytes) parts << say("a cell is %1").arg(bytesText(map.cellBytes));
  if (map.areSamples) parts << say("only the sampled blocks are known");
  if (map.isPart) parts << say("blocks at higher addresses are left out: filter");
  return parts.join(QStringLiteral("  ·  "));
}

QStringList mapCellLines(const AddressMap& map, quint64 cell) {
  const quint64 from = cell * map.cellBytes;
  QStringList lines{say("%1 to %2").arg(mapAddressText(from), mapAddressText(from + map.cellBytes - 1))};
  const auto found = mapCellAt(map, cell);
  if (!found) return lines << say("no block");
  const MapCell& shown = map.cells[*found];
  const quint64 room = shown.cells * map.cellBytes;
  if (shown.cells > 1)
    lines
        << say("all of it, as %1 in all, of one block of %2").arg(bytesText(room), bytesText(shown.largest));
  else
    lines << say("%1 in %2, %3 of it used")
                 .arg(bytesText(shown.bytes), numberOfText(shown.blocks, say("block")),
                      shareText(shown.bytes, room));
  lines << say("most of it: %1").arg(ownerName(map.functions, shown.function));
  lines << say("thread: %1").arg(ownerName(map.threads, shown.thread));
  lines << say("largest block %1, oldest %2").arg(bytesText(shown.largest), durationText(shown.oldestNs));
  return lines;
}

QString mapCellSentence(const AddressMap& map, quint64 cell) {
  return mapCellLines(map, cell).join(QStringLiteral(", "));
}

QString mapFoldText(const AddressMap& map, const MapRow& row) {
  const QString size = bytesText(row.cells * map.cellBytes);
  if (row.kind == MapRow::Kind::Gap) return say("%1 without blocks").arg(size);
  return say("%1 more of this block, of %2")
      .arg(size, ownerName(map.functions, map.cells[row.first].function));
}

}  // namespace heaptap::gui
