// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/filter/site_filter.h"
#include "gui/models/sessions/time_choice.h"

namespace heaptap::gui {

/// Which numbers of the call sites are looked at.
struct HeapWish {
  TimeChoice time = {};
  SiteFilter counts = {};  ///< SiteFilter::counts().

  /// They are told anyway: all that was counted, by now or the end.
  [[nodiscard]] bool isPlain() const { return time.isNow() && counts.isEmpty(); }
  /// Whether what was live at the session's peak is known of it.
  [[nodiscard]] bool hasPeaks() const {
    return !time.isStretch() && counts.termsOf(FilterTerm::Of::Lifetime).empty() &&
           counts.termsOf(FilterTerm::Of::Thread).empty();
  }
  bool operator==(const HeapWish&) const = default;
};

}  // namespace heaptap::gui
