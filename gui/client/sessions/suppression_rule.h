// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "analysis/leaks/leak_judge.h"
#include "client/profile_source.h"
#include "gui/models/sites/site.h"

namespace heaptap::gui {

/// The lines of a file of suppressions, in LeakSanitizer's format, by which the leak that a call site belongs
/// to is known. Threads: any; may take long. Errors: those of the source; NotFound: the site has no leak, or
/// what leaks there has no function.
[[nodiscard]] Result<std::string> suppressionOf(client::ProfileSource& source, const std::string& session,
                                                const analysis::LeakRules& rules,
                                                const SiteNumbers::Key& site, const std::stop_token& stop);

/// Adds lines at the end of a file, which is made where there is none.
/// Errors: NotWritable: the file is as it was.
[[nodiscard]] Result<void> appendTo(const std::string& file, const std::string& lines);

}  // namespace heaptap::gui
