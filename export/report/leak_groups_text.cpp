// SPDX-License-Identifier: Apache-2.0
#include "export/report/leak_groups_text.h"

#include <algorithm>
#include <utility>

#include "analysis/leaks/unfreed.h"
#include "analysis/verdict.h"
#include "collector/model/copied_session.h"
#include "export/report/folded_stack.h"
#include "export/report/stack_text.h"
#include "text/function_name.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/shell_word.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

using analysis::LeakedSite;
using analysis::LeakGroup;
using analysis::LeakKind;
using analysis::LeakReport;
using analysis::LeakSum;

constexpr std::size_t kLeakIndexColumns = 6;
constexpr std::size_t kLeakColumns = 12;
constexpr std::size_t kLeakIndent = kLeakIndexColumns + 2;
constexpr std::size_t kSparkColumns = 32;
constexpr std::size_t kMostUnused = 10;

std::string amount(std::uint64_t bytes, std::uint64_t blocks) {
  return formatBytes(bytes) + " in " + formatNumberOf(blocks, "block");
}

std::string margin(std::size_t columns) { return std::string(columns, ' '); }

std::string freedText(const LeakGroup& group) {
  if (group.allocations <= group.blocks)
    return group.allocations == 1 ? "the only one that was made there" : "none of which was freed";
  return "of " + formatNumberOf(group.allocations, "allocation") + " there";
}

/// When what leaks was allocated; empty: not known.
std::string madeText(const analysis::LeakHistory& history) {
  const auto& first = history.firstAllocationNs;
  const auto& last = history.lastAllocationNs;
  const std::string end = " of " + formatDuration(history.endNs);
  if (first && last)
    return (*first == *last ? "made after " + formatDuration(*first)
                            : "made from " + formatDuration(*first) + " to " + formatDuration(*last)) +
           end;
  if (history.knownFromNs == 0) return {};
  // Some was made before the first event that is stored.
  std::string text = "made before " + formatDuration(history.knownFromNs);
  if (last) text += ", until " + formatDuration(*last);
  return text + end;
}

/// What its history says, a line or two; empty: nothing is known.
std::string historyText(const LeakGroup& group) {
  if (!group.history) return {};
  const analysis::LeakHistory& history = *group.history;
  std::string text = margin(kLeakIndent) + sparkline(history.liveBytes, kSparkColumns);
  if (const std::string made = madeText(history); !made.empty()) text += "  " + made;
  if (history.threadCount > 1) text += ", by " + formatNumberOf(history.threadCount, "thread");
  text += "\n";
  if (!history.firstAllocationNs && history.knownFromNs != 0) {
    text += margin(kLeakIndent) + "earlier events are not stored";
    if (history.oldestAgeNs)
      text += "; of what is left, the oldest was made after " +
              formatDuration(history.endNs - std::min(history.endNs, *history.oldestAgeNs));
    text += "\n";
  }
  if (group.confidence) {
    text += margin(kLeakIndent) + "confidence " + std::string(group.confidence->word());
    if (history.medianLifetimeNs)
      text += "; what was freed lived " + formatDuration(*history.medianLifetimeNs) + " (median)";
    if (history.medianAgeNs)
      text += std::string(history.medianLifetimeNs ? ", " : "; ") + "what is left is " +
              formatDuration(*history.medianAgeNs) + " old (median)";
    text += "\n";
  }
  return text;
}

/// Allocations are sampled, and what is left of them was perhaps not.
bool provesNothing(const LeakReport& leaks) {
  if (leaks.heap != model::kMallocHeap) return false;
  const auto unfreed = analysis::unfreedOf(*leaks.profile.summary);
  return unfreed && !unfreed->isNothing();
}

class GroupsText {
 public:
  GroupsText(const LeakReport& report, const LeakStyle& style)
      : m_report(report), m_style(style), m_folder(report.profile, style.names) {}

  std::string text() {
    const LeakSum leaked = m_report.leaked();
    std::string text = heading(m_report.leakedWord(), headline(leaked), m_style.names.paint);
    if (leaked.groups == 0) text.pop_back();  // Nothing follows.
    std::uint64_t shown = 0;
    LeakSum rest = leaked;
    for (const LeakGroup& group : m_report.groups) {
      if (group.kind != LeakKind::Growing && group.kind != LeakKind::Once) break;
      if (m_style.top != 0 && shown == m_style.top) break;
      if (shown != 0) text += "\n";
      text += groupText(group, ++shown, leaked.bytes);
      --rest.groups;
      rest.bytes -= group.bytes;
      rest.blocks -= group.blocks;
    }
    if (rest.groups != 0)
      text += "\n  … " + formatNumberOf(rest.groups, "more place") + " with " +
              amount(rest.bytes, rest.blocks) + " (--top 0 shows all)\n";
    text += namedText(LeakKind::Kept, "kept to the end on purpose");
    text += namedText(LeakKind::Suppressed, "suppressed");
    return text + unusedText();
  }

 private:
  [[nodiscard]] std::string headline(const LeakSum& leaked) const {
    if (leaked.groups == 0) {
      const std::string nothing = m_report.total().blocks == 0 ? "nothing" : "nothing of the program's own";
      return nothing + (provesNothing(m_report) ? " that was sampled" : "");
    }
    std::string text = amount(leaked.bytes, leaked.blocks) + " at " + formatNumberOf(leaked.groups, "place");
    if (const std::uint64_t growing = m_report.sum(LeakKind::Growing).groups; growing != 0)
      text += ", " + formatCount(growing) + (growing == 1 ? " of which grows" : " of which grow");
    return text;
  }

  std::string groupText(const LeakGroup& group, std::uint64_t number, std::uint64_t whole) {
    const std::string label = "[" + formatCount(number) + "]";
    const Paint paint = m_style.names.paint;
    std::string text = paint(Tone::Strong, padded(label, kLeakIndexColumns) + formatBytes(group.bytes)) +
                       bytesError(group.bytesError()) + " in " + formatNumberOf(group.blocks, "block") +
                       " (" + formatShare(group.bytes, whole) + "), " +
                       (group.kind == LeakKind::Growing ? paint(Tone::Warning, "growing") + ", " : "") +
                       freedText(group) + "\n";
    text += historyText(group);
    text += stackOf(group.sites.front(), label) + sourceText(group);
    const std::size_t others = group.sites.size() - 1;
    if (others == 0) return text;
    const LeakedSite& first = group.sites.front();
    if (!m_style.expands)
      return text + margin(kLeakIndent) + "and " + formatNumberOf(others, "more stack") + " with " +
             amount(group.bytes - first.counters.liveBytes, group.blocks - first.counters.liveBlocks) +
             " (--expand shows them)\n";
    for (std::size_t i = 1; i < group.sites.size(); ++i) {
      const LeakedSite& site = group.sites[i];
      text += margin(kLeakIndexColumns) + amount(site.counters.liveBytes, site.counters.liveBlocks) +
              ", of " + formatNumberOf(site.counters.allocations, "allocation") + "\n" +
              stackOf(site, label.substr(0, label.size() - 1) + "." + formatCount(i + 1) + "]");
    }
    return text;
  }

  std::string stackOf(const LeakedSite& site, const std::string& label) {
    const FoldedStack folded = m_folder.fold(site.key.stack, label);
    return stackText(folded.lines, m_style.names, kLeakIndent);
  }

  [[nodiscard]] std::string sourceText(const LeakGroup& group) const {
    if (!m_style.source || group.place.file.empty() || group.place.line == 0) return {};
    const auto line = m_style.source(group.place);
    if (!line) return {};
    const std::string number = std::to_string(group.place.line);
    const std::string prefix = margin(kLeakIndent + 2) + number + " | ";
    std::string text = printable(line->text);
    const std::size_t columns = kReportColumns - std::min(kReportColumns - 1, width(prefix));
    if (!m_style.names.full && width(text) > columns)
      text = std::string(firstColumns(text, columns - 1)) + "…";
    return prefix + text + "\n" +
           (line->doubt.empty() ? "" : margin(kLeakIndent + 2) + "(" + line->doubt + ")\n");
  }

  /// Groups that have a name, a line each.
  [[nodiscard]] std::string namedText(LeakKind kind, const char* title) const {
    const LeakSum& sum = m_report.sum(kind);
    if (sum.groups == 0) return {};
    std::string text =
        heading(title, amount(sum.bytes, sum.blocks) + ", not counted above", m_style.names.paint);
    for (const LeakGroup& group : m_report.groups) {
      if (group.kind != kind) continue;
      text += paddedLeft(formatBytes(group.bytes), kLeakColumns) + " in " +
              padded(formatNumberOf(group.blocks, "block"), kLeakColumns) + " " +
              printable(analysis::listedName(group)) +
              (group.source.empty() ? "" : " (" + printable(group.source) + ")") + "\n";
    }
    return text;
  }

  [[nodiscard]] std::string unusedText() const {
    if (m_report.unused.empty()) return {};
    std::string text = heading("suppressions without a use",
                               formatCount(m_report.unused.size()) + " matched nothing", m_style.names.paint);
    std::size_t shown = 0;
    for (const analysis::UnusedSuppression& each : m_report.unused) {
      if (!m_style.names.full && shown++ == kMostUnused) {
        text +=
            "  … " + formatCount(m_report.unused.size() - kMostUnused) + " more (--full-names shows all)\n";
        break;
      }
      text += "  " + printable(each.source) + ":" + std::to_string(each.line) + "  " + printable(each.name) +
              "\n";
    }
    return text;
  }

  const LeakReport& m_report;
  const LeakStyle& m_style;
  StackFolder m_folder;
};

/// Each line by itself, as a pager shows them.
std::string painted(std::string_view lines, Paint paint, Tone tone) {
  std::string text;
  while (!lines.empty()) {
    const std::size_t length = std::min(lines.find('\n'), lines.size() - 1) + 1;
    text += paint(tone, lines.substr(0, length));
    lines.remove_prefix(length);
  }
  return text;
}

}  // namespace

std::string sparkline(const std::vector<std::uint64_t>& values, std::size_t columns) {
  static constexpr const char* kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (values.empty() || columns == 0) return {};
  const std::size_t count = std::min(values.size(), columns);
  std::vector<std::uint64_t> bars(count, 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint64_t& bar = bars[i * count / values.size()];
    bar = std::max(bar, values[i]);
  }
  const std::uint64_t most = *std::max_element(bars.begin(), bars.end());
  std::string line;
  for (const std::uint64_t bar : bars) {
    const double share = most == 0 ? 0 : static_cast<double>(bar) / static_cast<double>(most);
    line += bar == 0 ? " " : kBars[static_cast<std::size_t>(share * 7 + 0.5)];
  }
  return line;
}

std::string verdictText(const client::SiteTable& table, const LeakReport& leaks, const std::string& session,
                        Paint paint) {
  std::string sentence = printable(analysis::verdict(table, leaks));
  if (!sentence.empty() && sentence.front() >= 'a' && sentence.front() <= 'z')
    sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
  const LeakSum leaked = leaks.leaked();
  const bool hasNoLeak =
      leaked.groups == 0 && !provesNothing(leaks) && leaks.profile.summary->wrong_uses() == 0;
  std::string text = painted(wrapped(sentence, "  ", "  "), paint,
                             leaks.isLive ? Tone::Strong
                             : hasNoLeak  ? Tone::Good
                                          : Tone::Bad);
  const auto next = [&text](const std::string& what) { text += wrapped(printable(what), "  → ", "    "); };
  if (leaked.groups != 0) {
    const LeakGroup& first = leaks.groups.front();
    std::string where = analysis::spokenPlace(first.place);
    if (!first.place.file.empty())
      where += ", " + std::string(first.place.file) +
               (first.place.line == 0 ? "" : ":" + std::to_string(first.place.line));
    if (!leaks.isLive)
      next("begin with " + where + ": " + formatShare(first.bytes, leaked.bytes) + " of what leaks");
    const bool isNamed = !first.place.function.empty();
    // Who has an anonymized copy cannot build the program.
    const bool isCopy = model::isAnonymized(leaks.profile.summary->agent_version());
    if (first.place.file.empty() && !first.place.module.empty() && !isCopy)
      next("no source lines of " + std::string(first.place.module) +
           (isNamed ? ": build it with -g, or install its debug symbols"
                    : " and no names: build it with -g and do not strip it, or install its debug symbols"));
    if (!leaks.isLive && leaked.groups > 1)
      next("what is known can be left out: heaptap suppress " + shellWord(session) +
           " -o known.supp, then report --suppressions known.supp");
  }
  return text + "\n";
}

std::string leakGroupsText(const LeakReport& leaks, const LeakStyle& style) {
  return GroupsText(leaks, style).text();
}

}  // namespace heaptap::exporting
