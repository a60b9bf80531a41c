// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "collector/model/history.h"

namespace heaptap::replay {

/// The position of the mark that a name means: the last one of this name, or "#N": the N-th of all snapshots,
/// from 1. Errors: NotFound.
[[nodiscard]] Result<std::size_t> markCalled(const std::vector<model::Mark>& marks, const std::string& name);

}  // namespace heaptap::replay
