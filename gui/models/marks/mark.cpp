// SPDX-License-Identifier: Apache-2.0
#include "gui/models/marks/mark.h"

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"

namespace heaptap::gui {

QString markName(const Mark& mark) {
  return mark.name.isEmpty() ? QStringLiteral("(no name)") : mark.name.simplified();
}

QStringList markLines(const Mark& mark) {
  const QString blocks = numberOfText(mark.liveBlocks, QStringLiteral("block"));
  return {mark.isSnapshot ? QStringLiteral("snapshot %1").arg(markName(mark)) : markName(mark),
          QStringLiteral("at %1").arg(durationText(mark.atNs)),
          QStringLiteral("%1 live in %2")
              .arg(bytesText(mark.liveBytes), mark.liveBytes.isExact() ? blocks : estimated(blocks)),
          QStringLiteral("%1 before it").arg(numberOfText(mark.allocations, QStringLiteral("allocation")))};
}

}  // namespace heaptap::gui
