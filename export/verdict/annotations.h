// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/verdict/verdict_format.h"

namespace heaptap::exporting {

/// Workflow commands of GitHub Actions, `::error file=…,line=…::…`, which show at the lines of a pull
/// request. Sources outside the style's root have no place there: only the message is shown.
void writeGithubAnnotations(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink);

/// GitLab's report of code quality, which shows in merge requests.
void writeGitlabReport(const analysis::Verdict& verdict, const VerdictStyle& style, Sink& sink);

}  // namespace heaptap::exporting
