// SPDX-License-Identifier: Apache-2.0
#include "cli/threads/thread_listing.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "export/labels.h"
#include "export/report/folded_stack.h"
#include "export/report/stack_labels.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

using Thread = std::optional<model::ThreadIndex>;

constexpr std::size_t kNameColumns = 20;
/// Of the table.
struct Columns {
  std::size_t shown;  ///< Threads that free; the others are one column, and none is one.
  std::size_t width;
  std::size_t names;  ///< Width of the names of those that allocate.
};
constexpr Columns kExact{.shown = 3, .width = 15, .names = 20};
constexpr Columns kWithErrors{.shown = 2, .width = 20, .names = 18};
constexpr std::size_t kShownRows = 20;  ///< Likewise of those that allocate.

/// How threads are called; those of one name by their ids, too.
class ThreadLabels {
 public:
  explicit ThreadLabels(const client::Profile& profile)
      : m_profile(profile), m_names(profile.definitions.threadNames()) {
    for (const std::string_view name : m_names) ++m_times[name];
  }
  std::string of(model::ThreadIndex thread, std::size_t columns) const {
    const std::string_view name = m_names[index(thread)];
    const std::string id = std::to_string(m_profile.definitions.threads[index(thread)].tid);
    if (name.empty()) return id;
    const std::string suffix = m_times.at(name) > 1 ? " " + id : "";
    return exporting::clipped(printable(name), columns - std::min(columns, suffix.size())) + suffix;
  }

 private:
  const client::Profile& m_profile;
  std::vector<std::string_view> m_names;
  std::map<std::string_view, int> m_times;
};

/// Adds up cells by one of their sides: most first.
std::vector<std::pair<Thread, std::uint64_t>> ranked(const std::vector<model::ThreadCell>& cells,
                                                     Thread model::ThreadCell::*side,
                                                     std::uint64_t model::ThreadCell::*number) {
  std::map<Thread, std::uint64_t> sums;
  for (const model::ThreadCell& cell : cells) sums[cell.*side] += cell.*number;
  std::vector<std::pair<Thread, std::uint64_t>> order(sums.begin(), sums.end());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return order;
}

/// The matrix as a table: who allocated in rows, who freed in columns.
class Grid {
 public:
  Grid(const ThreadListing& listing, const ThreadLabels& labels, exporting::NameStyle style)
      : m_cells(cellsOf(listing.matrix)),
        m_labels(labels),
        m_style(style),
        m_number(listing.byBlocks ? &model::ThreadCell::blocks : &model::ThreadCell::bytes),
        m_text(listing.byBlocks ? &BlockSum::blocksText : &BlockSum::bytesText),
        m_room(listing.profile().isSampled() ? kWithErrors : kExact) {
    for (const auto& [thread, sum] : ranked(m_cells, &model::ThreadCell::freedBy, m_number))
      if (thread) m_columns.push_back(*thread);
    // One that is left alone needs no more room than the others would.
    m_hasOthers = m_columns.size() > m_room.shown + 1;
    if (m_hasOthers) m_columns.resize(m_room.shown);
  }

  [[nodiscard]] std::string text() const {
    std::string text = head();
    const auto rows = ranked(m_cells, &model::ThreadCell::allocatedBy, m_number);
    std::size_t shown = 0, left = 0;
    std::vector<model::ThreadCell> others;
    for (const auto& [thread, sum] : rows) {
      std::vector<model::ThreadCell> cells;
      const auto isOfRow = [&, who = thread](const auto& cell) { return cell.allocatedBy == who; };
      std::copy_if(m_cells.begin(), m_cells.end(), std::back_inserter(cells), isOfRow);
      if (!thread) {
        text += row("before", cells);
      } else if (shown++ < kShownRows) {
        text += row(m_labels.of(*thread, m_room.names - 2), cells);
      } else {
        ++left;
        others.insert(others.end(), cells.begin(), cells.end());
      }
    }
    if (left != 0) text += row(formatNumberOf(left, "other"), others);
    return text;
  }

 private:
  [[nodiscard]] std::string head() const {
    std::string line = "  " + padded("allocated by", m_room.names);
    for (const model::ThreadIndex thread : m_columns)
      line += paddedLeft(m_labels.of(thread, m_room.width - 2), m_room.width);
    if (m_hasOthers) line += paddedLeft("others", m_room.width);
    const std::string above = padded("", m_room.names + 4) + "freed by";
    return above + "\n" + m_style.paint(Tone::Strong, line + paddedLeft("none", m_room.width)) + "\n";
  }
  [[nodiscard]] std::string row(const std::string& name, const std::vector<model::ThreadCell>& cells) const {
    std::vector<BlockSum> sums(m_columns.size() + 2);
    for (const model::ThreadCell& cell : cells) {
      const auto column =
          cell.freedBy ? std::find(m_columns.begin(), m_columns.end(), *cell.freedBy) : m_columns.end();
      const auto at = static_cast<std::size_t>(column - m_columns.begin());
      sums[!cell.freedBy ? m_columns.size() + 1 : at].add(cell);
    }
    std::string line = "  " + padded(name, m_room.names);
    for (std::size_t i = 0; i < sums.size(); ++i)
      if (i != m_columns.size() || m_hasOthers)
        line += paddedLeft(sums[i].blocks() == 0 ? "-" : (sums[i].*m_text)(), m_room.width);
    return line + "\n";
  }

  std::vector<model::ThreadCell> m_cells;
  const ThreadLabels& m_labels;
  exporting::NameStyle m_style;
  std::uint64_t model::ThreadCell::*m_number;
  std::string (BlockSum::*m_text)() const;
  Columns m_room;
  std::vector<model::ThreadIndex> m_columns;
  bool m_hasOthers = false;
};

/// `1.05-2.10 ms`: the bucket that this share of the blocks did not live beyond.
std::string lifetimeText(const std::array<std::uint64_t, 64>& lifetimes, unsigned percent) {
  const std::uint64_t all = std::accumulate(lifetimes.begin(), lifetimes.end(), std::uint64_t{0});
  std::uint64_t seen = 0;
  for (unsigned log2 = 0; log2 < lifetimes.size(); ++log2) {
    seen += lifetimes[log2];
    if (lifetimes[log2] == 0 || seen < (all * percent + 99) / 100) continue;
    const std::uint64_t end =
        log2 >= 62 ? std::numeric_limits<std::int64_t>::max() : std::uint64_t{2} << log2;
    constexpr std::uint64_t kMicrosecond = 1'000;
    return end < kMicrosecond ? std::to_string(end) + " ns" : formatDuration(end);
  }
  return {};
}

std::string lifetimesText(const std::array<std::uint64_t, 64>& lifetimes) {
  const std::string half = lifetimeText(lifetimes, 50);
  if (half.empty()) return "none was freed";
  return "of those freed, half lived less than " + half + ", 95 % less than " + lifetimeText(lifetimes, 95);
}

/// `1,234 ± 56 blocks`.
std::string countedBlocks(const BlockSum& sum) {
  return sum.blocksError() > 0 ? sum.blocksText() + " blocks" : formatNumberOf(sum.blocks(), "block");
}

/// Where the interval begins later than it was asked for.
std::string missingText(const ThreadListing& listing) {
  if (fromNs(listing.matrix) <= listing.askedNs) return {};
  return "  not from " + (listing.askedNs == 0 ? "the start" : formatDuration(listing.askedNs)) +
         " on: the events before are not stored\n";
}

std::string headText(const ThreadListing& listing) {
  BlockSum all, freed, elsewhere, before;
  for (const model::ThreadCell& cell : cellsOf(listing.matrix)) {
    if (!cell.allocatedBy) {
      before.add(cell);
      continue;
    }
    all.add(cell);
    if (!cell.freedBy) continue;
    freed.add(cell);
    if (cell.freedBy != cell.allocatedBy) elsewhere.add(cell);
  }
  return printable(listing.title) + "\n\n  from " + formatDuration(fromNs(listing.matrix)) + " to " +
         formatDuration(listing.matrix.knownUntilNs) +
         (listing.filter.empty() ? "" : ", only " + printable(listing.filter)) +
         (listing.profile().isSampled() ? ", estimated from samples" : "") + "\n" + missingText(listing) +
         "  " + countedBlocks(all) + " of " + all.bytesText() + " allocated, " + freed.blocksText() +
         " of them freed, " + elsewhere.blocksText() + " by another thread" +
         (before.blocks() == 0 ? std::string() : "; " + before.blocksText() + " from before freed") + "\n  " +
         lifetimesText(lifetimesOf(listing.matrix)) + "\n\n";
}

/// Which threads free the blocks of a site.
std::string siteText(const ThreadListing& listing, std::uint32_t group, const ThreadLabels& labels,
                     const std::string& name) {
  constexpr std::size_t kMostNamed = 3;
  auto cells = cellsOf(listing.matrix, group);
  BlockSum all, before;
  for (const model::ThreadCell& cell : cells)
    if (!cell.allocatedBy) before.add(cell);
  // What was there before the interval was not allocated in it, whoever frees it.
  std::erase_if(cells, [](const model::ThreadCell& cell) { return !cell.allocatedBy; });
  for (const model::ThreadCell& cell : cells) all.add(cell);
  const auto sides = [&](Thread model::ThreadCell::*side, const char* none) {
    std::string text;
    std::size_t named = 0;
    for (const auto& [thread, sum] : ranked(cells, side, &model::ThreadCell::blocks)) {
      if (named++ == kMostNamed) return text + ", …";
      text += (text.empty() ? "" : ", ") + (thread ? labels.of(*thread, kNameColumns) : none) + " " +
              formatShare(sum, all.blocks());
    }
    return text;
  };
  return "\n  " + paddedLeft(all.bytesText(), 10) + " in " + countedBlocks(all) + "  " + name +
         (all.blocks() == 0 ? std::string()
                            : "\n      allocated by " + sides(&model::ThreadCell::allocatedBy, "before") +
                                  "\n      freed by " + sides(&model::ThreadCell::freedBy, "none")) +
         (before.blocks() == 0 ? std::string()
                               : "\n      and freed of it from before: " + countedBlocks(before)) +
         "\n      " + lifetimesText(lifetimesOf(listing.matrix, group)) + "\n";
}

}  // namespace

std::string BlockSum::blocksText() const {
  return formatCount(m_blocks) + exporting::countError(blocksError());
}
std::string BlockSum::bytesText() const { return formatBytes(m_bytes) + exporting::bytesError(bytesError()); }

void writeThreads(exporting::Sink& out, const ThreadListing& listing, exporting::NameStyle style) {
  const ThreadLabels labels(listing.profile());
  out.write(headText(listing));
  if (listing.matrix.cells.empty()) return;
  out.write(Grid(listing, labels, style).text());
  exporting::StackFolder folder(listing.profile(), style);
  std::vector<model::StackId> stacks;
  for (const std::uint32_t site : listing.sites) stacks.push_back(listing.table.key(site).stack);
  // Behind the numbers, of which those with errors are longer.
  const std::size_t room = exporting::kReportColumns - (listing.profile().isSampled() ? 54 : 34);
  const exporting::StackLabels names(folder, style, room, stacks);
  if (!listing.sites.empty())
    out.write("\n" + style.paint(Tone::Strong, "Call sites that allocated most, and who frees their blocks") +
              "\n");
  for (std::uint32_t group = 0; group < listing.sites.size(); ++group)
    out.write(siteText(listing, group, labels, names.of(stacks[group])));
}

}  // namespace heaptap::cli
