// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/error.h"

namespace heaptap::cli {

/// Uses the user's list of what is the program's own code, where `command` looks at that. What records goes
/// on without a list that cannot be read, with a warning. Errors: as analysis::useCodeListOf().
[[nodiscard]] Result<void> useOwnCodeFor(std::string_view command);

}  // namespace heaptap::cli
