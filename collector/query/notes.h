// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "collector/query/overview.h"

namespace heaptap::query {

/// What a reader of the numbers must know: one line for each loss. None: the record is whole.
std::vector<std::string> notesOn(const Overview& session);

}  // namespace heaptap::query
