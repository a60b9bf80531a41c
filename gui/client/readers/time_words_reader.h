// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "client/profile_source.h"
#include "gui/models/sessions/time_choice.h"
#include "gui/models/sessions/time_words.h"

namespace heaptap::gui {

/// The time of a session that words stand for. `end`, and `now`: none in particular.
/// Errors: of the source; Usage and NotFound as client::instantOf(); Usage: a stretch that ends before it
///         begins. Threads: any.
[[nodiscard]] Result<TimeChoice> readTimeWords(client::ProfileSource& source, const std::string& session,
                                               const TimeWords& words, const std::stop_token& stop);

}  // namespace heaptap::gui
