// SPDX-License-Identifier: Apache-2.0
#include "cli/top/top_head.h"

#include <algorithm>
#include <cmath>

#include "analysis/leaks/unfreed.h"
#include "cli/top/top_columns.h"
#include "export/report/layout.h"
#include "proto/words/counter_words.h"
#include "proto/words/session_words.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/shell_word.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

constexpr std::size_t kWide = 60;  ///< Narrower, words give way to numbers.
constexpr std::size_t kWider = 100;

/// What is going on: "live 12.3 s", "ended after 12.3 s, exited with status 0".
TopLine::Span stateOf(const TopControls& controls, const TopNews& news) {
  const TopPicture& picture = *controls.picture();
  const v1::SessionInfo& info = picture.summary.info();
  const std::string duration = info.has_duration_ns() ? formatDuration(info.duration_ns()) : std::string();
  if (!news.trouble.empty()) return {Tone::Bad, news.trouble};
  if (picture.isLive)
    return controls.isPaused() ? TopLine::Span{Tone::Warning, "PAUSED at " + duration}
                               : TopLine::Span{Tone::Good, "live " + duration};
  std::string text = "ended";
  if (!duration.empty()) text += " after " + duration;
  if (!picture.summary.end().empty()) text += ", " + printable(picture.summary.end());
  if (info.state() == v1::SESSION_CUT_SHORT) text += " (" + stateWord(info.state()) + ")";
  return {Tone::Strong, text};
}

std::string nameOfSession(const TopPicture& picture) {
  const v1::SessionInfo& info = picture.summary.info();
  return printable(shellLine({info.command().begin(), info.command().end()})) +
         (info.pid() == 0 ? "" : "  " + pidWords(info));
}

std::string heapLine(const TopPicture& picture, std::size_t columns) {
  const bool isWide = columns >= kWide;
  const bool isWider = columns >= kWider;
  const v1::Summary& summary = picture.summary;
  const v1::Sampling& errors = summary.sampling();
  std::string text = formatBytes(summary.live_bytes()) + exporting::bytesError(errors.live_bytes_error()) +
                     " " + leftWord(summary);
  if (isWide) text += " in " + formatNumberOf(summary.live_blocks(), "block");
  if (const std::string growth = signedBytes(picture.growth.value_or(0)); picture.isLive && !growth.empty())
    text += ", " + growth + "/s";
  text += ", peak " + formatBytes(summary.peak_bytes()) + exporting::bytesError(errors.peak_bytes_error());
  if (isWider && summary.peak_bytes() != 0) text += " after " + formatDuration(summary.peak_at_ns());
  if (picture.residentBytes)
    text += ", resident " + formatBytes(*picture.residentBytes);
  else if (summary.has_max_rss_bytes())
    text += ", resident " + formatBytes(summary.max_rss_bytes()) + " at most";
  return text;
}

std::string flowLine(const TopPicture& picture) {
  const v1::Summary& summary = picture.summary;
  std::string text = formatNumberOf(summary.allocations(), "allocation");
  if (picture.isLive && picture.rate)
    text += ", " + formatCount(static_cast<std::uint64_t>(std::llround(std::max(*picture.rate, 0.0)))) + "/s";
  text += "; " + formatNumberOf(summary.frees(), "free");
  if (const std::string change = signedBytes(static_cast<double>(picture.changedBytes)); !change.empty())
    text += "; " + change + " since " + formatDuration(picture.changesFromNs);
  return text;
}

/// What samples do not say of a process that has ended.
std::string unfreedGap(const v1::Summary& summary) {
  const auto unfreed = hasEndedByItself(summary) ? analysis::unfreedOf(summary) : std::nullopt;
  return unfreed && !unfreed->isNothing() ? "; " + analysis::unfreedText(*unfreed) : std::string();
}

/// Why the numbers are not all of it, the worst first.
std::vector<std::string> gapsOf(const v1::Summary& summary) {
  std::vector<std::string> gaps;
  if (const std::uint64_t dropped = summary.dropped_allocations() + summary.dropped_frees(); dropped != 0)
    gaps.push_back(formatNumberOf(dropped, "event") + " dropped: the numbers are too small");
  if (summary.events_not_stored() != 0)
    gaps.push_back(formatNumberOf(summary.events_not_stored(), "event") + " counted, but not stored");
  for (const CounterWords& counter : counterWords())
    if (const std::uint64_t count = (summary.*counter.value)(); !counter.label.empty() && count != 0)
      gaps.push_back(std::string(counter.label) + ": " + formatCount(count) + " " +
                     std::string(counter.meaning));
  if (summary.wrong_uses() != 0)
    gaps.push_back(formatNumberOf(summary.wrong_uses(), "wrong use") + " of the heap");
  if (summary.has_sampling()) gaps.push_back("sampled: numbers are estimates" + unfreedGap(summary));
  for (const std::string& note : summary.notes()) gaps.push_back(printable(note));
  return gaps;
}

}  // namespace

std::vector<TopLine> headOf(const TopControls& controls, const TopNews& news, std::size_t most,
                            std::size_t columns) {
  std::vector<TopLine> lines;
  if (controls.picture() == nullptr) {
    lines.push_back({.spans = {{Tone::Strong, printable(news.name)},
                               {Tone::Plain, "  "},
                               {news.trouble.empty() ? Tone::Quiet : Tone::Bad,
                                news.trouble.empty() ? "reading …" : news.trouble}}});
    return lines;
  }
  const TopPicture& picture = *controls.picture();
  const TopLine::Span state = stateOf(controls, news);
  const std::string heap = heapLine(picture, columns);
  if (most <= 1) {
    // What fits is the number, and whether it is still one.
    const std::string live = formatBytes(picture.summary.live_bytes()) + " ";
    lines.push_back({.spans = {{Tone::Strong, live}, state}});
    return lines;
  }
  // What goes on stands at the right, and is never cut by the name.
  const std::size_t room = columns > width(state.text) + 2 ? columns - width(state.text) - 2 : 0;
  std::string name = nameOfSession(picture);
  if (width(name) > room) name = room == 0 ? std::string() : std::string(firstColumns(name, room - 1)) + "…";
  lines.push_back(
      {.spans = {{Tone::Strong, padded(name, room)}, {Tone::Plain, room == 0 ? "" : "  "}, state}});
  lines.push_back({.spans = {{Tone::Plain, heap}}});
  if (lines.size() < most) lines.push_back({.spans = {{Tone::Quiet, flowLine(picture)}}});
  const std::vector<std::string> gaps = gapsOf(picture.summary);
  for (std::size_t i = 0; i < gaps.size() && lines.size() < most; ++i) {
    const bool isLast = lines.size() + 1 == most && i + 1 < gaps.size();
    lines.push_back(
        {.spans = {{Tone::Warning, "! " + gaps[i]},
                   {Tone::Quiet, isLast ? "  (" + formatCount(gaps.size() - i - 1) + " more)" : ""}}});
  }
  return lines;
}

}  // namespace heaptap::cli
