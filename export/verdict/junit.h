// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/subject.h"
#include "export/verdict/verdict_format.h"

namespace heaptap::exporting {

/// JUnit's XML: a suite for each program, a test case for each check.
void writeJunitVerdict(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink);
/// Of a session, as it is judged without a policy.
void writeJunit(const Subject& subject, Sink& sink);

}  // namespace heaptap::exporting
