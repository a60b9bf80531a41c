// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <stop_token>

#include "analysis/leaks/leak_judge.h"
#include "base/error.h"
#include "client/profile_source.h"
#include "gui/models/export_choice.h"

namespace heaptap::gui {

/// All formats that there are, in the order in which people see them.
[[nodiscard]] ExportChoices exportChoices();

struct ExportOrder {
  QString session;  ///< An id or a unique prefix of one.
  QString format;   ///< The name of a choice.
  QString file;     ///< Is replaced, where there is one.
  analysis::LeakRules rules = {};
};

/// Writes a session to a file, or leaves what is there as it was. Blocks.
/// Threads: workers.
/// Errors:  of the source, the format and the file; Unavailable: stopped.
[[nodiscard]] Result<void> exportSession(client::ProfileSource& source, const ExportOrder& order,
                                         const std::stop_token& stop);

}  // namespace heaptap::gui
