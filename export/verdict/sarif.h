// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/subject.h"
#include "export/verdict/verdict_format.h"

namespace heaptap::exporting {

/// SARIF 2.1.0 (OASIS): a result for each violation, with its stack.
void writeSarifVerdict(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink);
/// Of a session, as it is judged without a policy.
void writeSarif(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
