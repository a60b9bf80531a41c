// SPDX-License-Identifier: Apache-2.0
#include "export/report/findings_text.h"

#include "client/finding_names.h"
#include "client/stack_lines.h"
#include "export/report/folded_stack.h"
#include "export/report/stack_text.h"
#include "proto/words/finding_words.h"
#include "proto/words/origin_name.h"
#include "text/printable.h"
#include "text/quantity.h"

namespace heaptap::exporting {
namespace {

constexpr std::size_t kStackIndent = 8;

std::string stackOf(const std::string& title, const std::vector<client::StackLine>& lines, NameStyle style) {
  return "    " + title + "\n" +
         (lines.empty() ? std::string(kStackIndent, ' ') + "(not recorded)\n"
                        : stackText(lines, style, kStackIndent));
}

std::string findingText(StackFolder& folder, const client::FindingNames& names,
                        const v1::FindingReport& finding, NameStyle style) {
  const auto stack = [&](const std::string& title, std::uint32_t id) {
    return stackOf(title, folder.fold(static_cast<model::StackId>(id), {}).lines, style);
  };
  const client::FindingNames::Names named = names.of(finding);
  std::string text = "  " + style.paint(Tone::Bad, findingWords(finding));
  if (!named.heap.empty()) text += " in " + printable(named.heap);
  text += finding.count() == 1 ? ", once" : ", " + formatNumberOf(finding.count(), "time");
  text += ", first after " + formatDuration(finding.first_ns()) + " in thread " + std::to_string(named.tid);
  if (!named.threadName.empty()) text += " (" + printable(named.threadName) + ")";
  text += "\n" +
          stack("freed by " + std::string(originName(finding.free_origin())) + " at", finding.free_stack());
  if (finding.kind() == v1::FINDING_DOUBLE_FREE && finding.earlier_free_stack() != 0)
    text += stack("freed before at", finding.earlier_free_stack());
  if (finding.has_size())
    text += stack("allocated by " + std::string(originName(finding.allocation_origin())) + ", " +
                      formatNumberOf(finding.size(), "byte") + ", at",
                  finding.allocation_stack());
  return text;
}

}  // namespace

std::string findingsText(const client::Profile& profile, const std::vector<v1::FindingReport>& findings,
                         std::size_t top, NameStyle style) {
  if (findings.empty()) return {};
  std::string text =
      heading("findings", formatNumberOf(findings.size(), "wrong use") + " of the heap", style.paint);
  const client::FindingNames names(profile);
  StackFolder folder(profile, style);
  std::size_t shown = 0;
  for (const v1::FindingReport& finding : findings) {
    if (top != 0 && shown == top) break;
    text += (shown++ == 0 ? "" : "\n") + findingText(folder, names, finding, style);
  }
  if (shown < findings.size())
    text += "\n  … " + formatNumberOf(findings.size() - shown, "more finding") + " (--top 0 shows all)\n";
  return text;
}

}  // namespace heaptap::exporting
