// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "cli/output.h"
#include "cli/report/report_command.h"

namespace heaptap::cli {

/// `heaptap report --tree`: the session and all that came of it, as one.
/// Memory: of the sites that are different, and of one session at a time.
/// Errors: of the session itself; those of the others are lines of the report.
[[nodiscard]] Result<void> writeTreeReport(Output& out, const ReportOptions& options);

}  // namespace heaptap::cli
