// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/verdict/verdict_format.h"

namespace heaptap::exporting {

inline constexpr int kVerdictSchemaVersion = 1;

/// For programs: a contract, described in docs/ci.md.
void writeVerdictJson(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink);

}  // namespace heaptap::exporting
