// SPDX-License-Identifier: Apache-2.0
#include "cli/top/top_layout.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "analysis/verdict.h"
#include "cli/top/top_columns.h"
#include "cli/top/top_head.h"
#include "export/report/folded_stack.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

constexpr std::size_t kMostHeadLines = 5;

TopLine titlesOf(const TopPicture& picture, const std::vector<TopOrder>& shown, TopOrder order) {
  TopLine line{.kind = TopLine::Kind::Titles};
  for (const TopOrder each : shown) {
    const std::string title = std::string(titleOf(each, picture)) + (each == order ? "*" : "");
    line.spans.push_back(
        {each == order ? Tone::Strong : Tone::Plain, paddedLeft(title, kTopNumberColumns - 1) + " "});
  }
  line.spans.push_back({Tone::Plain, "CALL SITE"});
  return line;
}

/// Lines of the call sites from row `first` on.
std::vector<TopLine> siteLinesOf(const TopControls& controls, std::size_t first, std::size_t most,
                                 std::size_t columns, bool marksChosen) {
  std::vector<TopLine> lines;
  const TopPicture& picture = *controls.picture();
  const auto shown = columnsFor(picture, controls.order(), columns);
  const std::size_t used = shown.size() * kTopNumberColumns;
  analysis::OwnCode own(picture.table->profile());
  for (std::size_t i = first; i < controls.rows().size() && lines.size() < most; ++i) {
    const TopRow& row = picture.rows[controls.rows()[i]];
    TopLine line{.kind =
                     marksChosen && i == controls.chosenAt() ? TopLine::Kind::Chosen : TopLine::Kind::Plain};
    for (const TopOrder each : shown) {
      const bool grows = (each == TopOrder::Growth || each == TopOrder::Change) &&
                         (each == TopOrder::Growth ? row.growth > 0 : row.changedBytes > 0);
      line.spans.push_back({grows ? Tone::Warning : Tone::Plain,
                            paddedLeft(numberOf(row, each), kTopNumberColumns - 1) + " "});
    }
    SiteLabel label = labelOf(own, row.key.stack, columns > used ? columns - used : std::size_t{1});
    line.spans.push_back({Tone::Plain, std::move(label.function)});
    line.spans.push_back({Tone::Quiet, std::move(label.rest)});
    lines.push_back(std::move(line));
  }
  if (controls.rows().empty() && most > 0)
    lines.push_back({.spans = {{Tone::Quiet, controls.filter().empty()
                                                 ? "no call site has live blocks"
                                                 : "no call site has \"" + printable(controls.filter()) +
                                                       "\" in its stack"}}});
  return lines;
}

/// The stack of the chosen row, a line of it in a line.
std::vector<TopLine> stackLinesOf(const TopControls& controls) {
  const TopRow* const row = controls.chosen();
  if (row == nullptr) return {};
  const TopPicture& picture = *controls.picture();
  std::vector<TopLine> lines;
  lines.push_back({.spans = {{Tone::Strong, formatBytes(row->liveBytes) + " in " +
                                                formatNumberOf(row->liveBlocks, "block") + " live, " +
                                                formatNumberOf(row->allocations, "allocation") +
                                                " there; innermost function first"}}});
  exporting::StackFolder folder(picture.table->profile(), {});
  for (const client::StackLine& line : folder.fold(row->key.stack, "").lines) {
    std::string place = sourceOf(line);
    if (!place.empty()) place.insert(0, "  ");
    if (!line.module.empty())
      place += "  (" + printable(line.module.substr(line.module.rfind('/') + 1)) + ")";
    lines.push_back(
        {.spans = {{Tone::Plain, "  " + printable(analysis::spokenPlace(line))}, {Tone::Quiet, place}}});
  }
  return lines;
}

std::vector<TopLine> helpLines() {
  static constexpr std::array<std::string_view, 17> kHelp{
      "Up Down PgUp PgDn   choose a call site",
      "Enter               its stack, and back",
      "l                   sort by what is live",
      "b                   ... by live blocks",
      "c                   ... by change since the start or z",
      "g                   ... by growth since the last look",
      "a                   ... by allocations",
      "p                   ... by share of the peak, of a session that has ended",
      "s < >               sort by the next column",
      "/                   filter by a text in function, module or file",
      "Esc                 no filter; back",
      "Space p             pause, and go on",
      "z                   changes count from now",
      "? h                 this text",
      "q                   back, and quit",
      "",
      "GROWTH/s and ALLOCS/s are since the last look, CHANGE since the start or z.",
  };
  std::vector<TopLine> lines;
  for (const std::string_view text : kHelp) lines.push_back({.spans = {{Tone::Plain, std::string(text)}}});
  return lines;
}

TopLine keysOf(const TopControls& controls, std::size_t columns) {
  TopLine line{.kind = TopLine::Kind::Keys};
  if (controls.isTyping()) {
    line.spans = {{Tone::Strong, "filter: " + printable(controls.filter()) + "_"},
                  {Tone::Quiet, "   Enter keeps it, Esc takes it back"}};
    return line;
  }
  if (controls.pane() != TopControls::Pane::Sites) {
    line.spans = {{Tone::Quiet, "q back   Up Down scroll"}};
    return line;
  }
  if (!controls.filter().empty())
    line.spans.push_back({Tone::Strong, "filter: " + printable(controls.filter()) + "   "});
  constexpr std::size_t kRoomForKeys = 60;
  line.spans.push_back(
      {Tone::Quiet, columns >= kRoomForKeys
                        ? "q quit   ? help   s sort   / filter   Space pause   Enter stack   z zero"
                        : "q quit  ? help"});
  return line;
}

std::vector<TopLine> partOf(std::vector<TopLine> lines, std::size_t first, std::size_t most) {
  first = std::min(first, lines.size() - std::min(most, lines.size()));
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(first));
  if (lines.size() > most) lines.resize(most);
  return lines;
}

}  // namespace

std::vector<TopLine> screenOf(TopControls& controls, const TopNews& news, TopSize size) {
  // On a small screen the call sites come first: they are what is looked for.
  const std::size_t head = size.rows >= 14 ? kMostHeadLines : size.rows >= 9 ? 3 : size.rows >= 7 ? 2 : 1;
  std::vector<TopLine> lines = headOf(controls, news, std::min(head, size.rows), size.columns);
  const bool hasKeys = size.rows >= 4;
  const std::size_t end = size.rows - (hasKeys ? 1 : 0);
  const auto add = [&](std::vector<TopLine> more) {
    for (TopLine& line : more)
      if (lines.size() < end) lines.push_back(std::move(line));
  };
  const std::size_t room = end - std::min(end, lines.size());
  if (controls.pane() == TopControls::Pane::Help) {
    add(partOf(helpLines(), controls.firstLine(), room));
  } else if (controls.picture() != nullptr && controls.pane() == TopControls::Pane::Stack) {
    add(partOf(stackLinesOf(controls), controls.firstLine(), room));
  } else if (controls.picture() != nullptr) {
    if (size.rows >= 3)
      add({titlesOf(*controls.picture(), columnsFor(*controls.picture(), controls.order(), size.columns),
                    controls.order())});
    const std::size_t rows = end - std::min(end, lines.size());
    controls.setRoom(rows);
    add(siteLinesOf(controls, controls.firstRow(), rows, size.columns, true));
  }
  if (hasKeys) {
    while (lines.size() < end) lines.emplace_back();
    lines.push_back(keysOf(controls, size.columns));
  }
  return lines;
}

std::vector<TopLine> roundOf(TopControls& controls, const TopNews& news, std::size_t most,
                             std::size_t columns) {
  constexpr std::size_t kAll = 64;
  std::vector<TopLine> lines = headOf(controls, news, kAll, columns);
  lines.emplace_back();
  lines.push_back(titlesOf(*controls.picture(), columnsFor(*controls.picture(), controls.order(), columns),
                           controls.order()));
  const std::size_t all = controls.rows().size();
  const std::size_t shown = most == 0 ? std::max<std::size_t>(all, 1) : most;
  for (TopLine& line : siteLinesOf(controls, 0, shown, columns, false)) lines.push_back(std::move(line));
  if (all > shown)
    lines.push_back({.spans = {{Tone::Quiet, "… " + formatNumberOf(all - shown, "more call site") +
                                                 " (--top 0 shows all)"}}});
  return lines;
}

}  // namespace heaptap::cli
