// SPDX-License-Identifier: Apache-2.0
#include "export/verdict/usual_verdict.h"

#include <utility>
#include <vector>

#include "analysis/policy/judge.h"

namespace heaptap::exporting {

analysis::Verdict usualVerdict(const Subject& subject) {
  analysis::Policy policy;
  if (subject.isHeapChosen) policy.whole.scope.heap = subject.heap.name();
  std::vector<analysis::MeasuredSession> sessions;
  auto measured =
      analysis::measure({.name = subject.title, .profile = subject.profile, .findings = subject.findings},
                        policy, subject.judge);
  // Only what a policy says could be wrong.
  if (measured) sessions.push_back(std::move(*measured));
  return analysis::judge(sessions, policy, {});
}

}  // namespace heaptap::exporting
