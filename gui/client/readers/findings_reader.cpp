// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/findings_reader.h"

#include <memory>
#include <string>
#include <utility>

#include "client/finding_names.h"
#include "gui/client/asking/reply_reader.h"
#include "gui/client/sites/profile_sites.h"
#include "proto/words/finding_words.h"
#include "proto/words/origin_name.h"

namespace heaptap::gui {
namespace {

constexpr std::size_t kMostFindings = 1 << 16;
constexpr std::size_t kMostLines = 1 << 22;

FindingKind readKind(v1::FindingKind kind) {
  switch (kind) {
    case v1::FINDING_DOUBLE_FREE: return FindingKind::DoubleFree;
    case v1::FINDING_UNKNOWN_FREE: return FindingKind::UnknownFree;
    case v1::FINDING_MISMATCHED_FREE: return FindingKind::MismatchedFree;
    case v1::FINDING_WRONG_SIZE: return FindingKind::WrongSize;
    case v1::FINDING_WRONG_ALIGNMENT: return FindingKind::WrongAlignment;
    default: return FindingKind::Other;
  }
}

}  // namespace

Result<Findings> readFindings(const std::vector<v1::FindingReport>& reports, const client::Profile& profile,
                              NameTexts& texts) {
  if (reports.size() > kMostFindings)
    return brokenAnswer("more than " + std::to_string(kMostFindings) + " findings");
  std::size_t lines = 0;
  const auto stack = [&](std::uint32_t id) {
    auto read = readStack(profile, static_cast<model::StackId>(id), texts);
    lines += read.size();
    return read;
  };
  const client::FindingNames names(profile);
  std::vector<Finding> findings;
  findings.reserve(reports.size());
  for (const v1::FindingReport& read : reports) {
    Finding finding;
    finding.kind = readKind(read.kind());
    finding.words = QString::fromStdString(findingWords(read));
    finding.count = read.count();
    if (read.has_size()) finding.size = read.size();
    if (read.has_declared_size()) finding.declaredSize = read.declared_size();
    finding.allocatedBy = readText(originName(read.allocation_origin()));
    finding.freedBy = readText(originName(read.free_origin()));
    finding.firstNs = read.first_ns();
    const client::FindingNames::Names named = names.of(read);
    finding.thread = named.tid;
    finding.threadName = readText(named.threadName).simplified();
    finding.address = read.address();
    finding.allocation = stack(read.allocation_stack());
    finding.free = stack(read.free_stack());
    finding.earlierFree = stack(read.earlier_free_stack());
    if (lines > kMostLines)
      return brokenAnswer("findings with stacks of " + std::to_string(lines) + " lines");
    findings.push_back(std::move(finding));
  }
  return std::make_shared<const std::vector<Finding>>(std::move(findings));
}

}  // namespace heaptap::gui
