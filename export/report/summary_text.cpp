// SPDX-License-Identifier: Apache-2.0
#include "export/report/summary_text.h"

#include <algorithm>
#include <string_view>

#include "analysis/leaks/unfreed.h"
#include "collector/model/copied_session.h"
#include "export/report/layout.h"
#include "proto/words/counter_words.h"
#include "proto/words/session_words.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/shell_word.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

std::string fact(std::string_view label, const std::string& text) {
  return "  " + padded(label, kLabelColumns) + text + "\n";
}

/// All digits, or how sure the first ones are.
std::string exactly(std::uint64_t bytes, double error, bool isSampled) {
  if (error > 0) return "±" + bytesError(error).substr(std::string_view(" ±").size());
  // Without a sample there is no error to tell, and all the same no number.
  if (isSampled) return bytes == 0 ? "of what was sampled" : "estimated";
  return formatCount(bytes) + " bytes";
}

std::string commandLine(const v1::SessionInfo& info) {
  const std::string line = printable(shellLine({info.command().begin(), info.command().end()}));
  constexpr std::size_t kColumns = kReportColumns - kLabelColumns - 2;
  return width(line) <= kColumns ? line : std::string(firstColumns(line, kColumns - 1)) + "…";
}

/// As much as is known of it.
std::string processText(const v1::Summary& summary) {
  std::string text = pidWords(summary.info());
  if (!summary.host().empty()) text += (text.empty() ? "on " : " on ") + printable(summary.host());
  if (!model::isImported(summary.agent_version()) && summary.threads() != 0)
    text += (text.empty() ? "" : ", ") + formatNumberOf(summary.threads(), "thread");
  return text;
}

std::string timing(const v1::Summary& summary) {
  const v1::SessionInfo& info = summary.info();
  std::string text = formatTime(info.started_at_unix_ns()) + " UTC";
  if (info.has_duration_ns()) text += ", " + formatDuration(info.duration_ns());
  if (!summary.end().empty()) text += ", " + printable(summary.end());
  // Of what is being recorded elsewhere, the text has said so.
  if (info.state() != v1::SESSION_COMPLETE && info.state() != v1::SESSION_RECORDED_ELSEWHERE)
    text += " (" + stateWord(info.state()) + ")";
  return text;
}

std::string losses(const v1::Summary& summary, Paint paint) {
  std::string text;
  const auto line = [&text, paint](std::string_view label, std::uint64_t count, const std::string& meaning) {
    if (count != 0) text += paint(Tone::Warning, numberLine(label, formatCount(count), meaning));
  };
  line("inherited", summary.inherited_blocks(),
       "blocks of " + formatBytes(summary.inherited_bytes()) + " from the parent, " +
           formatCount(summary.inherited_frees()) + " of " + formatBytes(summary.inherited_freed_bytes()) +
           " freed here");
  line("dropped", summary.dropped_allocations() + summary.dropped_frees(),
       "events: " + formatNumberOf(summary.dropped_allocations(), "allocation") + " of " +
           formatBytes(summary.dropped_bytes()) + " and " + formatNumberOf(summary.dropped_frees(), "free"));
  for (const CounterWords& counter : counterWords())
    if (!counter.label.empty()) line(counter.label, (summary.*counter.value)(), std::string(counter.meaning));
  line("not stored", summary.events_not_stored(), "events are counted here, but their record is not kept");
  return text;
}

/// What is known of the blocks that are left, sampled or not.
std::string unfreedFact(const analysis::Unfreed& unfreed) {
  if (unfreed.isNothing()) return "nothing: allocations and frees are counted";
  return (unfreed.blocks ? formatNumberOf(*unfreed.blocks, "block") + ", which are counted, of at most "
                         : std::string("at most ")) +
         formatBytes(unfreed.mostBytes) + " in 19 of 20 cases";
}

/// What is left, by what is to be thought of it.
std::string leftText(const analysis::LeakReport& leaks, Paint paint) {
  using analysis::LeakKind;
  const auto line = [](const analysis::LeakSum& sum, const std::string& word) {
    return numberLine("", formatBytes(sum.bytes), word + ", in " + formatNumberOf(sum.blocks, "block"));
  };
  const Tone tone = leaks.leaked().blocks == 0 || leaks.isLive ? Tone::Plain : Tone::Bad;
  std::string text = paint(tone, line(leaks.leaked(), leaks.leakedWord()));
  if (const analysis::LeakSum& kept = leaks.sum(LeakKind::Kept); kept.blocks != 0)
    text += line(kept, "kept on purpose");
  if (const analysis::LeakSum& suppressed = leaks.sum(LeakKind::Suppressed); suppressed.blocks != 0)
    text += line(suppressed, "suppressed");
  return text;
}

std::string timeOr(bool known, std::uint64_t ns) { return known ? formatDuration(ns) : "unknown"; }

/// What recording has cost, and what it has lost.
std::string ownCostText(const v1::Summary& summary) {
  if (!summary.has_own_cost()) return {};
  const v1::OwnCost& cost = summary.own_cost();
  std::string text = numberLine("own cost", timeOr(cost.has_agent_cpu_ns(), cost.agent_cpu_ns()),
                                cost.has_agent_cpu_ns() ? "of the program's CPU time, estimated"
                                                        : "of the program's CPU time: no event was timed");
  text += numberLine("", timeOr(cost.has_relay_cpu_ns(), cost.relay_cpu_ns()),
                     "of the relay's, for all that it recorded meanwhile");
  text += numberLine("", timeOr(cost.has_collector_cpu_ns(), cost.collector_cpu_ns()), "of the collector's");
  if (cost.has_max_pool_bytes())
    text += numberLine("", formatBytes(cost.max_pool_bytes()),
                       "of the program's resident memory, left out above");
  const std::uint64_t dropped = summary.dropped_allocations() + summary.dropped_frees();
  text += numberLine("", formatCount(dropped),
                     "events dropped, " + formatCount(cost.truncated_stacks()) + " stacks truncated, " +
                         formatCount(cost.overflowed_stacks()) + " overflowed, " +
                         formatCount(summary.lost_stacks()) + " lost, " +
                         formatCount(summary.guessed_stacks()) + " guessed");
  return text;
}

constexpr int kShownMarks = 20;

std::string marksText(const v1::Summary& summary) {
  if (summary.marks().empty()) return {};
  std::string text = "\n";
  for (int i = 0; i < std::min(summary.marks_size(), kShownMarks); ++i) {
    const v1::MarkReport& mark = summary.marks(i);
    text +=
        numberLine(i == 0 ? "marks" : "", formatDuration(mark.at_ns()),
                   printable(mark.name()) + ": " + formatBytes(mark.live_bytes()) +
                       bytesError(mark.live_bytes_error()) + " live in " +
                       formatNumberOf(mark.live_blocks(), "block") + (mark.snapshot() ? " (snapshot)" : ""));
  }
  if (summary.marks_size() > kShownMarks)
    text +=
        numberLine("", "",
                   "… and " + formatCount(static_cast<std::uint64_t>(summary.marks_size() - kShownMarks)) +
                       " more (--json has all)");
  return text;
}

/// Breaks at blanks, so that no line is wider than a report.
std::string wrapped(std::string_view text, std::string_view margin) {
  std::string result;
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (!line.empty() && width(margin) + width(line) + 1 + width(word) > kReportColumns) {
      result += line + "\n" + std::string(margin);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + std::string(word);
    at = end + 1;
  }
  return result + line + "\n";
}

}  // namespace

std::string summaryText(const v1::Summary& summary, const analysis::LeakReport* leaks, Paint paint) {
  const v1::SessionInfo& info = summary.info();
  std::string text = fact("command", commandLine(info));
  if (const std::string process = processText(summary); !process.empty()) text += fact("process", process);
  if (!summary.executable().empty()) text += fact("executable", printable(summary.executable()));
  text += fact("started", timing(summary)) + "\n";

  text += numberLine("allocations", formatCount(summary.allocations()),
                     formatBytes(summary.allocated_bytes()) + " in all");
  text += numberLine("frees", formatCount(summary.frees()));
  const v1::Sampling& errors = summary.sampling();  // All zero where every allocation was recorded.
  // Of what nothing was sampled, nothing is known.
  const bool isUnseen = summary.has_sampling() && summary.sampling().samples() == 0;
  if (model::tellsTemporaries(summary.agent_version()) && !isUnseen)
    text += numberLine("temporary", formatCount(summary.temporary_allocations()),
                       formatShare(summary.temporary_allocations(), summary.allocations()) +
                           " of the allocations" + countError(errors.temporaries_error()));
  text += numberLine(
      "peak", formatBytes(summary.peak_bytes()),
      exactly(summary.peak_bytes(), errors.peak_bytes_error(), summary.has_sampling()) +
          (isUnseen                                    ? ""
           : model::tellsPeak(summary.agent_version()) ? ", after " + formatDuration(summary.peak_at_ns())
                                                       : ", what is live at the end: the peak is not known"));
  const bool isDivided = leaks != nullptr && leaks->heap == model::kMallocHeap &&
                         leaks->leaked().blocks != leaks->total().blocks;
  text +=
      numberLine(leaks != nullptr && leaks->heap == model::kMallocHeap && !isDivided ? leaks->leakedWord()
                                                                                     : leftWord(summary),
                 formatBytes(summary.live_bytes()),
                 exactly(summary.live_bytes(), errors.live_bytes_error(), summary.has_sampling()) + " in " +
                     formatNumberOf(summary.live_blocks(), "block") + countError(errors.live_blocks_error()));
  if (isDivided) text += leftText(*leaks, paint);
  if (summary.has_sampling()) text += fact("sampled", samplingText(summary.sampling()));
  if (const auto unfreed = analysis::unfreedOf(summary)) text += fact("not freed", unfreedFact(*unfreed));
  if (summary.peak_slack_bytes() != 0)
    text += numberLine("over-allocated", formatBytes(summary.peak_slack_bytes()),
                       "at the peak, beyond what was asked for");
  if (summary.wrong_uses() != 0)
    text += paint(Tone::Bad, numberLine("wrong uses", formatCount(summary.wrong_uses()),
                                        "of the heap, " + formatNumberOf(summary.findings(), "finding")));
  if (summary.has_max_rss_bytes())
    text += numberLine("resident", formatBytes(summary.max_rss_bytes()),
                       "the most that was seen, as the kernel counts");
  else if (summary.has_target_max_rss_bytes())
    text += numberLine("resident", formatBytes(summary.target_max_rss_bytes()),
                       "the most that was seen, with heaptap's own memory");
  text += losses(summary, paint);
  if (const std::string cost = ownCostText(summary); !cost.empty()) text += "\n" + cost;
  text += marksText(summary);
  for (const std::string& note : summary.notes())
    text += "\n  " + paint(Tone::Warning, padded("note", kLabelColumns)) +
            wrapped(printable(note), std::string(kLabelColumns + 2, ' '));
  return text;
}

std::string ownCostLine(const v1::Summary& summary) {
  const v1::OwnCost& cost = summary.own_cost();
  std::string text;
  const auto add = [&text](bool known, const std::string& time, const char* where) {
    if (known) text += (text.empty() ? "" : ", ") + time + " " + where;
  };
  add(cost.has_agent_cpu_ns(), "about " + formatDuration(cost.agent_cpu_ns()), "in the program");
  add(cost.has_relay_cpu_ns(), formatDuration(cost.relay_cpu_ns()), "relay");
  add(cost.has_collector_cpu_ns(), formatDuration(cost.collector_cpu_ns()), "collector");
  return text;
}

std::string samplingText(const v1::Sampling& sampling) {
  return "one allocation in " + formatBytes(sampling.interval()) + " on average, " +
         formatCount(sampling.samples()) + " recorded";
}

}  // namespace heaptap::exporting
