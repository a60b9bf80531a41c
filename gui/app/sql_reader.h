// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "client/profile_source.h"
#include "gui/models/sql/sql_result.h"

namespace heaptap::gui {

/// Runs statements on the file of a session, in the limits of `heaptap query`: an open file's own, or that of
/// a collector on this machine. Blocks until they have ended, or are withdrawn; a function of SQLite that
/// does not come back goes on in a thread of its own, and is given up.
/// Errors: none that pass: what is wrong is the result's problem, beside the rows that came before.
/// Threads: any.
[[nodiscard]] Result<SqlResult> readSql(client::ProfileSource& source, const std::string& session,
                                        const SqlWish& wish, const std::stop_token& stop);

}  // namespace heaptap::gui
