// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "cli/output.h"
#include "cli/query_source.h"
#include "cli/report/report_command.h"

namespace heaptap::cli {

/// Writes the live heap by site as it was at the snapshot `options.snapshot`, as text or JSON.
[[nodiscard]] Result<void> writeSnapshotReport(Output& out, OpenedSession& opened,
                                               const ReportOptions& options);

}  // namespace heaptap::cli
