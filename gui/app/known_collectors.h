// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"
#include "gui/models/start/collector_choice.h"

namespace heaptap::gui {

/// What the user's file of collectors has, which the command line reads too; nothing where it cannot be read.
[[nodiscard]] CollectorChoices knownCollectors();

/// Keeps it there. Errors: as rpc::keepSecurity().
[[nodiscard]] Result<void> keepCollector(const CollectorChoice& choice);

}  // namespace heaptap::gui
