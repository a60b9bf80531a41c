// SPDX-License-Identifier: Apache-2.0
#include "gui/client/findings_reader.h"

#include <memory>
#include <string>
#include <utility>

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

QString nameOf(v1::Origin origin) {
  const std::string_view name = originName(origin);
  return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

}  // namespace

Result<std::vector<StackLine>> FindingsReader::stack(
    const google::protobuf::RepeatedPtrField<v1::StackLine>& lines) {
  m_lines += static_cast<std::size_t>(lines.size());
  if (lines.size() > kMostLinesOfAStack || m_lines > kMostLines)
    return brokenAnswer("findings with stacks of " + std::to_string(m_lines) + " lines");
  std::vector<StackLine> stack;
  stack.reserve(static_cast<std::size_t>(lines.size()));
  for (const v1::StackLine& line : lines) stack.push_back(m_texts.read(line));
  return stack;
}

Result<void> FindingsReader::add(const v1::FindingsReply& reply) {
  if (m_findings.size() + static_cast<std::size_t>(reply.findings_size()) > kMostFindings)
    return brokenAnswer("more than " + std::to_string(kMostFindings) + " findings");
  for (const v1::FindingReport& read : reply.findings()) {
    Finding finding;
    finding.kind = readKind(read.kind());
    finding.words = QString::fromStdString(findingWords(read));
    finding.count = read.count();
    if (read.has_size()) finding.size = read.size();
    if (read.has_declared_size()) finding.declaredSize = read.declared_size();
    finding.allocatedBy = nameOf(read.allocation_origin());
    finding.freedBy = nameOf(read.free_origin());
    finding.firstNs = read.first_ns();
    finding.thread = read.thread();
    finding.threadName = readText(read.thread_name()).simplified();
    finding.address = read.address();
    auto allocation = stack(read.allocation());
    auto free = stack(read.free());
    auto earlierFree = stack(read.earlier_free());
    for (const auto* const part : {&allocation, &free, &earlierFree})
      if (!*part) return tl::unexpected(part->error());
    finding.allocation = std::move(*allocation);
    finding.free = std::move(*free);
    finding.earlierFree = std::move(*earlierFree);
    m_findings.push_back(std::move(finding));
  }
  return {};
}

Findings FindingsReader::finish() {
  return std::make_shared<const std::vector<Finding>>(std::move(m_findings));
}

}  // namespace heaptap::gui
