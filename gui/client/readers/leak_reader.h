// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "analysis/leaks/leak_judge.h"
#include "client/profile_source.h"
#include "client/site_table.h"
#include "gui/client/sites/name_texts.h"
#include "gui/models/leaks/leak.h"

namespace heaptap::gui {

/// The leaks of all heaps of a session, by root cause, judged by rules, without their histories. Null: the
/// process still runs or was ended from outside, so that what is live is not leaked. `texts` are shared with
/// others of the same session. Threads: any.
[[nodiscard]] Leaks readLeaks(const client::SiteTable& table, const analysis::LeakRules& rules,
                              NameTexts& texts);

/// The same with their histories, which the source replays the session's events for: of a large one that
/// takes seconds. Errors: of the source.
[[nodiscard]] Result<Leaks> readLeaksWithHistories(const client::SiteTable& table,
                                                   const analysis::LeakRules& rules, NameTexts& texts,
                                                   client::ProfileSource& source, const std::string& session,
                                                   const std::stop_token& stop);

}  // namespace heaptap::gui
