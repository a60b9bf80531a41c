// SPDX-License-Identifier: Apache-2.0
#include "export/verdict/usual_verdict.h"

#include <utility>
#include <vector>

#include "analysis/policy/judge.h"
#include "analysis/suppressions/suppressions.h"

namespace heaptap::exporting {

analysis::Verdict usualVerdict(const Subject& subject) {
  const analysis::Policy policy;
  const analysis::Suppressions suppressions;
  std::vector<analysis::MeasuredSession> sessions;
  auto measured =
      analysis::measure({.name = subject.title, .profile = subject.profile, .findings = subject.findings},
                        policy, suppressions);
  // Only what a policy says could be wrong.
  if (measured) sessions.push_back(std::move(*measured));
  return analysis::judge(sessions, policy, {});
}

}  // namespace heaptap::exporting
