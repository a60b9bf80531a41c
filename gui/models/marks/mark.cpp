// SPDX-License-Identifier: Apache-2.0
#include "gui/models/marks/mark.h"

#include <QCoreApplication>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

class MarkText {
  Q_DECLARE_TR_FUNCTIONS(Mark)
};

}  // namespace

QString markName(const Mark& mark) {
  return mark.name.isEmpty() ? MarkText::tr("(no name)") : mark.name.simplified();
}

QStringList markLines(const Mark& mark) {
  const QString blocks = numberOfText(mark.liveBlocks, Noun::Block);
  return {mark.isSnapshot ? MarkText::tr("snapshot %1").arg(markName(mark)) : markName(mark),
          MarkText::tr("at %1").arg(durationText(mark.atNs)),
          MarkText::tr("%1 live in %2")
              .arg(bytesText(mark.liveBytes), mark.liveBytes.isExact() ? blocks : estimated(blocks)),
          MarkText::tr("%1 before it").arg(numberOfText(mark.allocations, Noun::Allocation))};
}

}  // namespace heaptap::gui
