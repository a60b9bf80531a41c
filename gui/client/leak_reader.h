// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/site_table.h"
#include "gui/client/name_texts.h"
#include "gui/models/leak.h"

namespace heaptap::gui {

/// The leaks of all heaps of a session, by root cause. Null: the process still runs or was ended from
/// outside, so that what is live is not leaked. `texts` are shared with others of the same session. Threads:
/// any.
[[nodiscard]] Leaks readLeaks(const client::SiteTable& table, NameTexts& texts);

}  // namespace heaptap::gui
