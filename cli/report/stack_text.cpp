// SPDX-License-Identifier: Apache-2.0
#include "cli/report/stack_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/message.h"
#include "cli/text/summary_words.h"
#include "text/function_name.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::cli {
namespace {

constexpr int kShownFrames = 24;
constexpr std::size_t kLeastFunctionColumns = 36;

std::string_view lastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// The last two parts of a path, which is where people recognise a source file.
std::string_view lastTwoParts(std::string_view path) {
  const std::size_t last = path.rfind('/');
  if (last == std::string_view::npos || last == 0) return path;
  return path.substr(path.rfind('/', last - 1) + 1);
}

std::string functionOf(const v1::StackLine& line) {
  if (!line.function().empty()) return printable(line.function());
  std::array<char, 24> address{};
  std::snprintf(address.data(), address.size(), "0x%llx", static_cast<unsigned long long>(line.pc()));
  if (line.module().empty()) return address.data();
  return printable(lastPart(line.module())) + "+" + address.data();
}

std::string locationOf(const v1::StackLine& line, NameStyle style) {
  std::string text;
  if (!line.file().empty()) {
    text = style.full ? line.file() : std::string(lastTwoParts(line.file()));
    if (line.line() != 0) text += ":" + std::to_string(line.line());
  }
  std::string origin = style.full ? line.module() : std::string(lastPart(line.module()));
  if (line.inlined()) origin += origin.empty() ? "inlined" : ", inlined";
  if (line.guessed()) origin += origin.empty() ? "guessed" : ", guessed";
  if (!origin.empty()) text += (text.empty() ? "(" : " (") + origin + ")";
  return printable(text);
}

}  // namespace

std::string stackText(const StackLines& lines, NameStyle style, std::size_t indent) {
  const std::string margin(indent, ' ');
  if (lines.empty()) return margin + "(no stack was recorded)\n";
  const int shown = style.full ? lines.size() : std::min(lines.size(), kShownFrames);
  const std::size_t available = kReportColumns - indent - 2;
  std::vector<std::string> locations;
  std::size_t locationColumns = 0;
  for (int i = 0; i < shown; ++i) {
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
  for (int i = 0; i < shown; ++i) {
    functions.push_back(shortFunctionName(functionOf(lines[i]), style.full ? 0 : mostColumns));
    functionColumns = std::max(functionColumns, std::min(width(functions.back()), mostColumns));
  }
  std::string text;
  for (std::size_t i = 0; i < functions.size(); ++i)
    text +=
        margin +
        (locations[i].empty() ? functions[i] : padded(functions[i], functionColumns) + "  " + locations[i]) +
        "\n";
  if (shown < lines.size())
    text += margin + "… " + formatCount(static_cast<std::uint64_t>(lines.size() - shown)) +
            " more frames (--full-names shows them)\n";
  return text;
}

std::string siteLabel(const v1::Site& site, NameStyle style, std::size_t columns) {
  if (site.lines().empty()) return "(no stack was recorded)";
  if (style.full) return functionOf(site.lines(0));
  static constexpr std::string_view kArrow = " ← ";
  static constexpr std::size_t kArrowColumns = 3;
  std::string label = shortFunctionName(functionOf(site.lines(0)), columns);
  for (int i = 1; i < site.lines_size(); ++i) {
    const std::size_t used = width(label) + kArrowColumns;
    if (used >= columns) break;
    const std::string caller =
        shortFunctionName(functionOf(site.lines(i)), std::min<std::size_t>(40, columns));
    if (used + width(caller) > columns) break;
    label += std::string(kArrow) + caller;
  }
  return label;
}

}  // namespace heaptap::cli
