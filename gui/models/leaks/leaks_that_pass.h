// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gui/models/filter/site_filter.h"
#include "gui/models/leaks/leak.h"
#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// What a filter leaves of leaks: of each group the call sites that pass, and what those have not freed; no
/// group without any. What has a name of its own, as what a runtime keeps, passes by that name, too, as a
/// whole. Terms on sizes, lifetimes and threads are not looked at.
/// `sites`: of the same moment; null: groups pass as a whole, by the name that is shown of them.
/// Null: as `leaks`. Cost: of a filter on names, a pass over the sites.
[[nodiscard]] Leaks leaksThatPass(const Leaks& leaks, const SiteFilter& filter, const Sites& sites);

}  // namespace heaptap::gui
