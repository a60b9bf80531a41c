// SPDX-License-Identifier: Apache-2.0
#include "gui/models/leaks/leaks_that_pass.h"

#include <map>
#include <optional>
#include <utility>

#include "gui/models/filter/name_filter.h"

namespace heaptap::gui {
namespace {

/// The rows of the call sites that pass.
using PassingRows = std::map<SiteNumbers::Key, std::size_t>;

PassingRows passingRows(const SiteFilter& filter, const Sites& sites) {
  PassingRows passing;
  const SiteSet::Passing rows = sites ? sites->rowsThatPass(filter) : nullptr;
  for (std::size_t row = 0; rows && row < rows->size(); ++row)
    if ((*rows)[row]) passing.emplace(sites->numbers()[row].key(), row);
  return passing;
}

/// The part of a group that passes; none: nothing of it does.
std::optional<LeakGroup> partOf(const LeakGroup& group, const PassingRows& passing, const SiteSet& sites) {
  std::vector<std::size_t> rows;
  for (const SiteNumbers::Key& site : group.sites)
    if (const auto found = passing.find(site); found != passing.end()) rows.push_back(found->second);
  if (rows.empty()) return std::nullopt;
  LeakGroup part = group;
  if (rows.size() == group.sites.size()) return part;
  part.sitesLeftOut = group.sites.size() - rows.size();
  part.bytes = part.blocks = 0;
  part.areEstimates = false;
  part.sites.clear();
  for (const std::size_t row : rows) {
    const SiteNumbers& site = sites.numbers()[row];
    part.bytes += site.liveBytes;
    part.blocks += site.liveBlocks;
    part.areEstimates = part.areEstimates || sites.errors(row).has_value();
    part.sites.push_back(site.key());
  }
  return part;
}

}  // namespace

Leaks leaksThatPass(const Leaks& leaks, const SiteFilter& filter, const Sites& sites) {
  const NameFilter names(filter);
  if (!leaks || names.passesAll()) return leaks;
  const PassingRows passing = passingRows(filter, sites);
  auto left = std::make_shared<std::vector<LeakGroup>>();
  for (const LeakGroup& group : *leaks) {
    // The function of a group is one of several: what it does not say can be in them nevertheless.
    const bool hasOwnName = !group.name.isEmpty() || !sites;
    if (hasOwnName && !names.hasNot() && names.passes(leakName(group)))
      left->push_back(group);
    else if (auto part = sites ? partOf(group, passing, *sites) : std::nullopt)
      left->push_back(std::move(*part));
  }
  return left;
}

}  // namespace heaptap::gui
