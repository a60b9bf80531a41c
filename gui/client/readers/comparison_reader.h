// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "client/profile_source.h"
#include "gui/client/sessions/session_opener.h"
#include "gui/models/comparison/comparison.h"

namespace heaptap::gui {

/// Compares a session of the source with what is wanted, as `heaptap diff` does.
/// `opener`: null: files cannot be opened.
/// Errors: of the source and the opener; NotFound: neither side has the heap; Usage: a time that is none.
/// Threads: any.
[[nodiscard]] Result<ComparisonPtr> readComparison(client::ProfileSource& source, SessionOpener* opener,
                                                   const std::string& session, const ComparisonWish& wish,
                                                   const std::stop_token& stop);

}  // namespace heaptap::gui
