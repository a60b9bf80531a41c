// SPDX-License-Identifier: Apache-2.0
#include "export/report/stack_text.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "text/function_name.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/unnamed_place.h"
#include "text/utf8.h"

namespace heaptap::exporting {
namespace {

constexpr std::size_t kShownFrames = 24;
constexpr std::size_t kLeastFunctionColumns = 36;

std::string_view lastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// The last two parts of a path, which is where people recognise a source file.
std::string_view lastTwoParts(std::string_view path) {
  const std::size_t last = path.rfind('/');
  if (last == std::string_view::npos || last == 0) return path;
  return path.substr(path.rfind('/', last - 1) + 1);
}

std::string functionOf(const client::StackLine& line) {
  if (!line.function.empty()) return printable(line.function);
  return printable(unnamedPlace(line.module, line.pc));
}

std::string locationOf(const client::StackLine& line, NameStyle style) {
  std::string text;
  if (!line.file.empty()) {
    text = style.full ? line.file : lastTwoParts(line.file);
    if (line.line != 0) text += ":" + std::to_string(line.line);
  }
  std::string origin(style.full ? line.module : lastPart(line.module));
  if (line.isInlined) origin += origin.empty() ? "inlined" : ", inlined";
  if (line.isGuessed) origin += origin.empty() ? "guessed" : ", guessed";
  if (!origin.empty()) text += (text.empty() ? "(" : " (") + origin + ")";
  return printable(text);
}

}  // namespace

std::string stackText(const std::vector<client::StackLine>& lines, NameStyle style, std::size_t indent) {
  const std::string margin(indent, ' ');
  if (lines.empty()) return margin + "(no stack was recorded)\n";
  const bool isWhole = style.full || style.allFrames;
  const std::size_t shown = isWhole ? lines.size() : std::min(lines.size(), kShownFrames);
  const std::size_t available = kReportColumns - indent - 2;
  std::vector<std::string> locations;
  std::size_t locationColumns = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    std::string location = locationOf(lines[i], style);
    if (!style.full && width(location) > available - kLeastFunctionColumns)
      location = std::string(firstColumns(location, available - kLeastFunctionColumns - 1)) + "…";
    locationColumns = std::max(locationColumns, width(location));
    locations.push_back(std::move(location));
  }
  const std::size_t mostColumns =
      std::max(available - std::min(locationColumns, available), kLeastFunctionColumns);
  std::vector<std::string> functions;
  std::size_t functionColumns = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    functions.push_back(shortFunctionName(functionOf(lines[i]), style.full ? 0 : mostColumns));
    if (!locations[i].empty())
      functionColumns = std::max(functionColumns, std::min(width(functions.back()), mostColumns));
  }
  std::string text;
  for (std::size_t i = 0; i < functions.size(); ++i)
    text += margin +
            (lines[i].address == 0 && locations[i].empty()
                 ? style.paint(Tone::Quiet, functions[i])  // Stands for what is left out, or not known.
             : locations[i].empty()
                 ? functions[i]
                 : padded(functions[i], functionColumns) + "  " + style.paint(Tone::Quiet, locations[i])) +
            "\n";
  if (shown < lines.size())
    text += margin +
            style.paint(Tone::Quiet,
                        "… " + formatCount(lines.size() - shown) + " more frames (--all-frames shows them)") +
            "\n";
  return text;
}

std::string stackLabel(const std::vector<client::StackLine>& lines, NameStyle style, std::size_t columns) {
  if (lines.empty()) return "(no stack was recorded)";
  if (style.full) return functionOf(lines[0]);
  static constexpr std::string_view kArrow = " ← ";
  static constexpr std::size_t kArrowColumns = 3;
  std::string label = shortFunctionName(functionOf(lines[0]), columns);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t used = width(label) + kArrowColumns;
    if (used >= columns) break;
    const std::string caller = shortFunctionName(functionOf(lines[i]), std::min<std::size_t>(40, columns));
    if (used + width(caller) > columns) break;
    label += std::string(kArrow) + caller;
  }
  return label;
}

}  // namespace heaptap::exporting
