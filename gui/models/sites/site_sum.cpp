// SPDX-License-Identifier: Apache-2.0
#include "gui/models/sites/site_sum.h"

#include <QCoreApplication>
#include <cmath>

#include "gui/models/estimate_text.h"
#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

constexpr quint32 kMallocHeap = 0;
const QString kBetween = QStringLiteral("  ·  ");

class SiteSumText {
  Q_DECLARE_TR_FUNCTIONS(SiteSumText)
};

/// Sums of squares, as variances add up.
struct Variances {
  double liveBytes = 0;
  double allocations = 0;
};

}  // namespace

SiteSum sumOf(const SiteSet& sites, const SiteSet::Passing& passing) {
  SiteSum sum;
  Variances variances;
  const bool areEstimates = sites.isEstimated(kMallocHeap);
  for (std::size_t row = 0; row < sites.numbers().size(); ++row) {
    const SiteNumbers& site = sites.numbers()[row];
    if ((passing && !(*passing)[row]) || (site.allocations == 0 && site.liveBlocks == 0)) continue;
    ++sum.sites;
    if (site.heap != kMallocHeap) continue;
    sum.liveBytes.value += site.liveBytes;
    sum.allocations.value += site.allocations;
    if (!areEstimates) continue;
    if (const auto errors = sites.errors(row)) {
      variances.liveBytes += errors->liveBytes * errors->liveBytes;
      variances.allocations += errors->allocations * errors->allocations;
    }
  }
  if (areEstimates) {
    sum.liveBytes.error = std::sqrt(variances.liveBytes);
    sum.allocations.error = std::sqrt(variances.allocations);
  }
  return sum;
}

QString sumText(const SiteSum& sum, const SiteSum* whole) {
  const QString sites = numberOfText(sum.sites, Noun::CallSite);
  if (whole == nullptr)
    return sites + kBetween + SiteSumText::tr("%1 live").arg(bytesText(sum.liveBytes)) + kBetween +
           SiteSumText::tr("%1 allocations").arg(countText(sum.allocations));
  return SiteSumText::tr("%1 of %2").arg(countText(sum.sites), numberOfText(whole->sites, Noun::CallSite)) +
         kBetween +
         SiteSumText::tr("%1 of %2 live")
             .arg(shortBytesText(sum.liveBytes), shortBytesText(whole->liveBytes)) +
         kBetween +
         SiteSumText::tr("%1 of %2 allocations")
             .arg(shortCountText(sum.allocations), shortCountText(whole->allocations));
}

}  // namespace heaptap::gui
