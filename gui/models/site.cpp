// SPDX-License-Identifier: Apache-2.0
#include "gui/models/site.h"

namespace heaptap::gui {

std::vector<StackLine> stackOf(const std::vector<quint32>& lines, const SiteSet& set) {
  std::vector<StackLine> stack;
  stack.reserve(lines.size());
  for (const quint32 line : lines) stack.push_back(set.lines[line]);
  return stack;
}

void describe(Site& site, const SiteSet& set) {
  if (site.lines.empty()) {
    site.function = QStringLiteral("(no stack was recorded)");
    site.location.clear();
    return;
  }
  const auto lineAt = [&](std::size_t i) -> const StackLine& { return set.lines[site.lines[i]]; };
  site.function = stackLabel(site.lines.size(), lineAt);
  site.location = shortLocationText(lineAt(0));
}

}  // namespace heaptap::gui
