// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/policy/verdict.h"
#include "export/subject.h"

namespace heaptap::exporting {

/// A session as it is judged without a policy and a baseline. Needs: findings.
[[nodiscard]] analysis::Verdict usualVerdict(const Subject& subject);

}  // namespace heaptap::exporting
