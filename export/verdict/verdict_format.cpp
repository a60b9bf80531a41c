// SPDX-License-Identifier: Apache-2.0
#include "export/verdict/verdict_format.h"

#include <array>

#include "export/verdict/annotations.h"
#include "export/verdict/junit.h"
#include "export/verdict/sarif.h"
#include "export/verdict/verdict_json.h"
#include "export/verdict/verdict_text.h"

namespace heaptap::exporting {
namespace {

constexpr std::array kFormats{
    VerdictFormat{"text", "people", writeVerdictText},
    VerdictFormat{"json", "programs: docs/ci.md", writeVerdictJson},
    VerdictFormat{"junit", "Jenkins, GitLab, and whatever else shows tests", writeJunitVerdict},
    VerdictFormat{"sarif", "GitHub's code scanning, editors", writeSarifVerdict},
    VerdictFormat{"github", "GitHub Actions: annotations of the lines", writeGithubAnnotations},
    VerdictFormat{"gitlab", "GitLab: a report of code quality", writeGitlabReport},
};

}  // namespace

std::span<const VerdictFormat> verdictFormats() { return kFormats; }

Result<const VerdictFormat*> verdictFormatNamed(std::string_view name) {
  std::string known;
  for (const VerdictFormat& format : kFormats) {
    if (format.name == name) return &format;
    known += (known.empty() ? "" : ", ") + std::string(format.name);
  }
  return failure(Code::Usage, "--format", "'" + std::string(name) + "' is no format", "one of: " + known);
}

}  // namespace heaptap::exporting
