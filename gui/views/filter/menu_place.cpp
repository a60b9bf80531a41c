// SPDX-License-Identifier: Apache-2.0
#include "gui/views/filter/menu_place.h"

#include <algorithm>

namespace heaptap::gui {

MenuPlace placeOf(const StackLine& line) {
  return {.function = line.function, .module = line.module, .isForeign = line.foreign};
}

MenuPlace placeOf(const FunctionLabel& label) {
  // A function without a name is called by its place in the module.
  const bool hasName =
      label.module.isEmpty() || !label.name.startsWith(moduleName(label) + QStringLiteral("+0x"));
  return {.function = hasName ? label.name : QString(), .module = label.module, .isForeign = !label.isOwn()};
}

MenuPlace placeOf(const std::vector<StackLine>& stack) {
  if (stack.empty()) return {};
  const auto own =
      std::find_if(stack.begin(), stack.end(), [](const StackLine& line) { return !line.foreign; });
  return placeOf(own == stack.end() ? stack.front() : *own);
}

MenuPlace placeOf(const SiteChoice& sites) {
  if (!sites.set || sites.rows.empty()) return {};
  MenuPlace common = placeOf(sites.set->site(sites.rows.front()).lines);
  for (std::size_t i = 1; i < sites.rows.size() && common.isKnown(); ++i) {
    const MenuPlace place = placeOf(sites.set->site(sites.rows[i]).lines);
    if (place.function != common.function) common.function.clear();
    if (place.module != common.module) common.module.clear();
  }
  return common;
}

}  // namespace heaptap::gui
