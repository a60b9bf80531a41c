// SPDX-License-Identifier: Apache-2.0
//
// The report on a tree of processes, as text.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/program_name.h"
#include "export/report/folded_stack.h"
#include "export/report/stack_labels.h"
#include "export/report/tree_report.h"
#include "proto/words/session_words.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/shell_word.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

using client::SiteOrder;

constexpr std::uint64_t kTreeSessions = 20;
constexpr std::uint64_t kTreeSites = 5;
constexpr std::uint64_t kTreeNotes = 10;
constexpr std::size_t kProgramColumns = 30;
constexpr std::size_t kPidColumns = 9;
constexpr std::size_t kCountColumns = 15;
constexpr std::size_t kBytesColumns = 12;
constexpr std::size_t kMostIndent = 16;

std::string processCount(std::uint32_t processes) {
  return formatCount(processes) + (processes == 1 ? " process" : " processes");
}

class TreeText {
 public:
  TreeText(Sink& out, const TreeReport& report)
      : m_out(out),
        m_report(report),
        m_style(styleOf(report.options)),
        m_folder(report.table.profile(), m_style) {}

  void write() {
    m_out.write(m_style.paint(Tone::Strong, printable(m_report.title)) + "\n\n" + head());
    writeSessions();
    writeNotes();
    if (m_report.time) {
      writeLive(!m_report.time->fromNs ? "live" : m_report.time->gone ? "gone" : "new and still there");
      if (m_report.time->fromNs && !m_report.time->gone) writeRanking("allocations", SiteOrder::Allocations);
      return;
    }
    m_out.write(leakGroupsText(m_report.leaks, {.names = m_style,
                                                .top = m_report.options.top.value_or(2 * kTreeSites),
                                                .expands = m_report.options.expand,
                                                .source = m_report.source}));
    if (m_report.options.leaksOnly) return;
    writeRanking(("bytes " + std::string(liveColumn())).c_str(), SiteOrder::LiveBytes);
    if (m_report.hasPeaks) writeRanking("peaks", SiteOrder::PeakBytes);
    writeRanking("allocations", SiteOrder::Allocations);
  }

 private:
  [[nodiscard]] std::string head() const {
    const client::SessionTree& tree = m_report.tree;
    const v1::SessionInfo& root = tree.root().info;
    std::string command = printable(shellLine({root.command().begin(), root.command().end()}));
    constexpr std::size_t kCommandColumns = kReportColumns - 20;
    if (!m_style.full && width(command) > kCommandColumns)
      command = std::string(firstColumns(command, kCommandColumns - 1)) + "…";
    std::string text = "  " + command + (root.pid() == 0 ? "" : ", " + pidWords(root)) + "\n";
    text += tree.isWholeRun ? "  the whole run: " : "  this session and what came of it: ";
    text += processCount(tree.processes) + " in " + formatNumberOf(tree.members.size(), "session") + ", " +
            formatTime(root.started_at_unix_ns()) + " UTC, " + formatDuration(tree.durationNs()) + "\n";
    if (const auto& time = m_report.time) {
      const std::string mark = time->mark.empty() ? "" : "the mark \"" + printable(time->mark) + "\", ";
      text +=
          time->fromNs ? "  from " + formatDuration(*time->fromNs) + " to " + mark : "  as it was at " + mark;
      text += formatDuration(time->atNs) + " after the first began\n";
    }
    if (!m_report.heapName.empty()) text += "  heap " + printable(m_report.heapName) + "\n";
    if (!m_report.filter.empty()) text += "  only " + printable(m_report.filter) + "\n";
    return text + "\n" + sums();
  }

  [[nodiscard]] std::string sums() const {
    const TreeNumbers sum = m_report.sum();
    const std::string live = formatBytes(sum.liveBytes) + bytesError(std::sqrt(sum.liveBytesVariance));
    // What is gone was not allocated then.
    std::string text;
    if (!isOfGone())
      text = numberLine("allocations", formatCount(sum.allocations), "of " + formatBytes(sum.allocatedBytes));
    if (m_report.time)
      return text + numberLine(m_report.time->gone ? "gone" : "live", live,
                               "in " + formatNumberOf(sum.liveBlocks, "block") +
                                   countError(std::sqrt(sum.liveBlocksVariance)));
    if (m_report.hasPeaks)
      text += numberLine("peaks", formatBytes(sum.peakBytes), "if all had had theirs at once: a sum");
    TreeNumbers now;  // Of sessions that are being recorded.
    for (const TreeSession& session : m_report.sessions)
      if (isLive(session)) now.add(session.numbers);
    const std::uint64_t others = sum.liveBytes - std::min(sum.liveBytes, sum.leakedBytes + now.liveBytes);
    const std::uint64_t otherBlocks =
        sum.liveBlocks - std::min(sum.liveBlocks, sum.leakedBlocks + now.liveBlocks);
    text += m_style.paint(sum.leakedBlocks == 0 ? Tone::Plain : Tone::Bad,
                          numberLine("leaked", formatBytes(sum.leakedBytes),
                                     "in " + formatNumberOf(sum.leakedBlocks, "block")));
    if (now.liveBlocks != 0)
      text += numberLine("live", formatBytes(now.liveBytes),
                         "in " + formatNumberOf(now.liveBlocks, "block") + ", of processes that go on");
    if (otherBlocks != 0)
      text += numberLine("also left", formatBytes(others),
                         "in " + formatNumberOf(otherBlocks, "block") +
                             ", kept, suppressed, or live when an exec or a signal came");
    return text;
  }

  [[nodiscard]] bool isOfGone() const { return m_report.time && m_report.time->gone; }
  [[nodiscard]] static bool isLive(const TreeSession& session) {
    return session.summary.info().state() == v1::SESSION_LIVE;
  }
  /// What the blocks are of which the processes have so many.
  [[nodiscard]] const char* liveColumn() const {
    if (m_report.time) return m_report.time->gone ? "gone" : "live";
    const auto live = std::count_if(m_report.sessions.begin(), m_report.sessions.end(), isLive);
    if (live == 0) return "left";
    return static_cast<std::size_t>(live) == m_report.sessions.size() ? "live" : "live, left";
  }

  void writeSessions() {
    const bool isInstant = m_report.time.has_value();
    const bool hasPeaks = m_report.hasPeaks && !isInstant;
    std::string text = heading("processes", "in the order in which they came of each other", m_style.paint);
    text += m_style.paint(Tone::Strong, "  " + padded("program", kProgramColumns) +
                                            paddedLeft("pid", kPidColumns) +
                                            (isOfGone() ? "" : paddedLeft("allocations", kCountColumns)) +
                                            (hasPeaks ? paddedLeft("peak", kBytesColumns) : "") +
                                            paddedLeft(liveColumn(), kBytesColumns)) +
            "\n";
    const std::vector<std::size_t> shown = shownSessions();
    for (const std::size_t i : shown) text += sessionLine(m_report.sessions[i]);
    if (shown.size() < m_report.sessions.size())
      text += "  … and " + formatCount(m_report.sessions.size() - shown.size()) +
              " more, which have less (--top N shows more, --top 0 all)\n";
    m_out.write(text);
  }

  /// Those with most of them, in the order of the tree.
  [[nodiscard]] std::vector<std::size_t> shownSessions() const {
    std::vector<std::size_t> shown(m_report.sessions.size());
    std::iota(shown.begin(), shown.end(), std::size_t{0});
    const std::uint64_t most = m_report.options.top.value_or(kTreeSessions);
    if (most == 0 || shown.size() <= most) return shown;
    std::stable_sort(shown.begin(), shown.end(), [this](std::size_t a, std::size_t b) {
      const auto key = [this](std::size_t i) {
        const TreeNumbers& numbers = m_report.sessions[i].numbers;
        return std::pair(m_report.time ? numbers.liveBytes : numbers.leakedBytes, numbers.allocations);
      };
      return key(a) > key(b);
    });
    // The one that all others came from is there in any case.
    if (std::find(shown.begin(), shown.begin() + static_cast<std::ptrdiff_t>(most), std::size_t{0}) ==
        shown.begin() + static_cast<std::ptrdiff_t>(most))
      shown[most - 1] = 0;
    shown.resize(most);
    std::sort(shown.begin(), shown.end());
    return shown;
  }

  [[nodiscard]] std::string sessionLine(const TreeSession& session) const {
    const TreeNumbers& numbers = session.numbers;
    std::string program(std::min<std::size_t>(kMostIndent, 2 * std::size_t{session.member.depth}), ' ');
    program += printable(analysis::programOf(session.summary));
    if (width(program) >= kProgramColumns)
      program = std::string(firstColumns(program, kProgramColumns - 2)) + "…";
    const std::uint32_t pid = session.member.info.pid();
    std::string text = "  " + padded(program, kProgramColumns) +
                       paddedLeft(pid == 0 ? "-" : std::to_string(pid), kPidColumns) +
                       (isOfGone() ? "" : paddedLeft(formatCount(numbers.allocations), kCountColumns));
    if (!m_report.time && m_report.hasPeaks)
      text += paddedLeft(formatBytes(numbers.peakBytes), kBytesColumns);
    return text + paddedLeft(formatBytes(numbers.liveBytes), kBytesColumns) + "  " + leftWords(session) +
           "\n";
  }

  [[nodiscard]] std::string leftWords(const TreeSession& session) const {
    const TreeNumbers& numbers = session.numbers;
    if (m_report.time) return session.isOver ? "had ended" : "";
    if (!session.isLeaked) return numbers.liveBlocks == 0 ? "" : leftWord(session.summary);
    if (numbers.leakedBlocks == 0) return numbers.liveBlocks == 0 ? "" : "nothing leaked";
    return numbers.leakedBytes == numbers.liveBytes ? "leaked" : formatBytes(numbers.leakedBytes) + " leaked";
  }

  void writeNotes() {
    if (m_report.notes.empty()) return;
    std::string text = "\n";
    const std::uint64_t most = m_report.options.top == std::uint64_t{0} ? m_report.notes.size() : kTreeNotes;
    for (std::size_t i = 0; i < m_report.notes.size() && i < most; ++i)
      text += m_style.paint(Tone::Warning,
                            exporting::wrapped(printable(m_report.notes[i]), "  note  ", "        "));
    if (m_report.notes.size() > most)
      text +=
          "  … and " + formatNumberOf(m_report.notes.size() - most, "more note") + " (--top 0 shows all)\n";
    m_out.write(text);
  }

  /// Blocks by the site that allocated them, each with its stack.
  void writeLive(const char* word) {
    const TreeNumbers sum = m_report.sum();
    const auto shown = m_report.table.select({.order = SiteOrder::LiveBytes,
                                              .limit = m_report.options.top.value_or(2 * kTreeSites),
                                              .heap = m_report.heap});
    if (shown.total == 0) return m_out.write(heading(word, "nothing", m_style.paint));
    std::string text =
        heading(word,
                formatBytes(sum.liveBytes) + bytesError(std::sqrt(sum.liveBytesVariance)) + " in " +
                    formatNumberOf(sum.liveBlocks, "block") + countError(std::sqrt(sum.liveBlocksVariance)) +
                    " from " + formatNumberOf(shown.total, "site"),
                m_style.paint);
    const ShownStacks stacks(m_folder, m_style, kPidColumns, stacksOf(shown.sites));
    for (const std::uint32_t site : shown.sites) {
      const client::SiteCounters counters = m_report.table.counters(site);
      const model::StackId stack = m_report.table.key(site).stack;
      text += (site == shown.sites.front() ? "" : "\n") +
              m_style.paint(Tone::Strong, paddedLeft(formatBytes(counters.liveBytes), kBytesColumns)) +
              " in " + formatNumberOf(counters.liveBlocks, "block") + " (" +
              formatShare(counters.liveBytes, sum.liveBytes) + "), " +
              processesText(site, SiteOrder::LiveBytes) + stacks.distinction(stack) + "\n" + stacks.of(stack);
    }
    if (shown.total > shown.sites.size())
      text += "\n  … " + formatNumberOf(shown.total - shown.sites.size(), "more site") +
              " (--top N shows more)\n";
    m_out.write(text);
  }

  [[nodiscard]] std::vector<model::StackId> stacksOf(const std::vector<std::uint32_t>& sites) const {
    std::vector<model::StackId> stacks;
    for (const std::uint32_t site : sites) stacks.push_back(m_report.table.key(site).stack);
    return stacks;
  }

  /// How many processes have what a list is of.
  [[nodiscard]] std::string processesText(std::uint32_t site, SiteOrder order) const {
    const auto processes = m_report.processesAt(m_report.table.key(site));
    return "in " + processCount(order == SiteOrder::LiveBytes ? processes.holding : processes.allocating);
  }

  /// The first sites in an order, a line each.
  void writeRanking(const char* title, SiteOrder order) {
    const auto shown = m_report.table.select(
        {.order = order, .limit = m_report.options.top.value_or(kTreeSites), .heap = m_report.heap});
    if (shown.sites.empty()) return;
    std::string text = heading(title, "by site, of all processes", m_style.paint);
    constexpr std::size_t kProcessColumns = 14;
    constexpr std::size_t kUsed = kCountColumns + 2 + kProcessColumns + 2;
    const StackLabels labels(m_folder, m_style, kReportColumns - kUsed, stacksOf(shown.sites));
    for (const std::uint32_t site : shown.sites) {
      const client::SiteCounters counters = m_report.table.counters(site);
      const std::string value = order == SiteOrder::Allocations ? formatCount(counters.allocations)
                                : order == SiteOrder::PeakBytes ? formatBytes(counters.peakBytes)
                                                                : formatBytes(counters.liveBytes);
      text += paddedLeft(value, kCountColumns) + "  " + padded(processesText(site, order), kProcessColumns) +
              "  " + labels.of(m_report.table.key(site).stack) + "\n";
    }
    m_out.write(text);
  }

  Sink& m_out;
  const TreeReport& m_report;
  NameStyle m_style;
  StackFolder m_folder;
};

}  // namespace

void TreeNumbers::add(const TreeNumbers& more) {
  for (const auto member : {&TreeNumbers::allocations, &TreeNumbers::frees, &TreeNumbers::allocatedBytes,
                            &TreeNumbers::liveBlocks, &TreeNumbers::liveBytes, &TreeNumbers::peakBytes,
                            &TreeNumbers::leakedBlocks, &TreeNumbers::leakedBytes})
    this->*member += more.*member;
  liveBytesVariance += more.liveBytesVariance;
  liveBlocksVariance += more.liveBlocksVariance;
}

TreeNumbers TreeReport::sum() const {
  TreeNumbers sum;
  for (const TreeSession& session : sessions) sum.add(session.numbers);
  return sum;
}

void writeTreeText(Sink& out, const TreeReport& report) { TreeText(out, report).write(); }

}  // namespace heaptap::exporting
