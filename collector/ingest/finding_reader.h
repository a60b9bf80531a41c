// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/error.h"
#include "collector/model/definitions.h"
#include "collector/model/finding.h"
#include "heaptap/v1/ingest.pb.h"

namespace heaptap::ingest {

/// Adds a finding to `findings`, or updates the count of the one that it names.
/// Errors: Corrupt when it refers to what is not defined, or changes what it was.
Result<void> applyFinding(const v1::Findings::Finding& message, const model::DefinitionsView& definitions,
                          std::vector<model::Finding>& findings);

}  // namespace heaptap::ingest
