// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/site_text.h"

#include <QCoreApplication>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

class SiteText {
  Q_DECLARE_TR_FUNCTIONS(Site)
};

/// `a`, `a and b`, `a, b and c`.
QString listed(const QStringList& words) {
  if (words.size() < 2) return words.join(QString());
  return SiteText::tr("%1 and %2")
      .arg(words.mid(0, words.size() - 1).join(QStringLiteral(", ")), words.last());
}

}  // namespace

QString heapText(const QString& name, quint32 heap) {
  if (!name.isEmpty()) return name;
  return heap == 0 ? QStringLiteral("malloc") : SiteText::tr("heap %1").arg(heap);
}

QString allocationsText(const Site& site) {
  const Estimate allocations = site.estimateOf(site.allocations, &SiteErrors::allocations);
  return SiteText::tr("%1 of %2 in all")
      .arg(allocations.isExact() ? numberOfText(site.allocations, Noun::Allocation)
                                 : SiteText::tr("%1 allocations").arg(countText(allocations)),
           bytesText(site.estimateOf(site.allocatedBytes, &SiteErrors::allocatedBytes)));
}

QString originText(const Site& site) {
  QStringList parts;
  if (!site.entryPoints.isEmpty()) parts << SiteText::tr("by %1").arg(listed(site.entryPoints));
  if (site.heap != 0) parts << SiteText::tr("heap %1").arg(heapText(site.heapName, site.heap));
  if (site.slack.allocated) {
    const QString bytes = bytesText(*site.slack.allocated);
    QString text = SiteText::tr("over-allocated %1 (%2)")
                       .arg(site.errors ? estimated(bytes) : bytes,
                            shareText(*site.slack.allocated, site.allocatedBytes));
    if (site.slack.live.value_or(0) != 0)
      text += SiteText::tr(", %1 of it live").arg(bytesText(*site.slack.live));
    parts << text;
  }
  return parts.join(QStringLiteral("  ·  "));
}

std::vector<StackSection> siteStacks(const Site& site) {
  std::vector<StackSection> stacks;
  if (site.lines.empty() && site.freedAt.empty()) return stacks;
  const bool isAlone = site.freedAt.empty();
  stacks.push_back({isAlone ? QString() : SiteText::tr("Allocated at"), site.lines});
  for (const FreeSite& freedAt : site.freedAt) {
    const QString times = numberOfText(freedAt.frees, Noun::Time);
    stacks.push_back(
        {SiteText::tr("Freed %1 at").arg(site.errors ? estimated(times) : times), freedAt.lines});
  }
  return stacks;
}

}  // namespace heaptap::gui
