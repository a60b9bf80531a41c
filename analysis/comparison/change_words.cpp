// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/change_words.h"

#include <cstddef>

#include "analysis/own_code.h"
#include "text/function_name.h"
#include "text/printable.h"
#include "text/quantity.h"

namespace heaptap::analysis {
namespace {

constexpr std::size_t kCulpritColumns = 60;

/// The innermost function of the program's own; without one, the innermost with a name.
std::string culpritOf(const Comparison& comparison, const SiteChange& site) {
  std::string_view named;
  for (const std::uint32_t id : comparison.stacks.pathOf(site.node)) {
    const CommonStacks::Function& function = comparison.stacks.functions()[id];
    if (function.name.empty()) continue;
    if (named.empty()) named = function.name;
    if (ownerOf(function.name, function.module, {}) != CodeOwner::Program) continue;
    named = function.name;
    break;
  }
  return named.empty() ? "a function without a name" : shortFunctionName(printable(named), kCulpritColumns);
}

std::string changeOfTotal(const Change& total, bool isBytes) {
  if (total.magnitude() == 0) return "no difference, " + quantity(total.after, isBytes) + " on both sides";
  std::string text = signedQuantity(total, isBytes);
  if (const std::string relative = relativeChange(total); !relative.empty()) text += " (" + relative + ")";
  text += ", from " + quantity(total.before, isBytes) + " to " + quantity(total.after, isBytes);
  if (total.isNoise()) text += ", which is noise (±" + quantity(total.noise, isBytes) + ")";
  return text;
}

}  // namespace

std::string_view verdictOn(const Change& change) {
  if (change.isNoise()) return "noise";
  if (change.grew()) return "grew";
  return change.shrank() ? "shrank" : "same";
}

std::string_view verdictOn(const SiteChange& site) {
  const std::string_view verdict = verdictOn(site.change);
  if (verdict == "grew" && !site.before) return "new";
  if (verdict == "shrank" && !site.after) return "gone";
  return verdict;
}

std::string quantity(std::uint64_t value, bool isBytes) {
  return isBytes ? formatBytes(value) : formatCount(value);
}

std::string signedQuantity(const Change& change, bool isBytes) {
  if (change.magnitude() == 0) return "0";
  return (change.grew() ? "+" : "-") + quantity(change.magnitude(), isBytes);
}

std::string relativeChange(const Change& change) {
  if (change.before == 0 || change.magnitude() == 0) return {};
  return (change.grew() ? "+" : "-") + formatShare(change.magnitude(), change.before);
}

std::string headlineOf(const Comparison& comparison, std::string_view cost, bool isBytes) {
  std::size_t grew = 0;
  std::size_t shrank = 0;
  std::size_t noise = 0;
  for (const SiteChange& site : comparison.sites)
    ++(site.change.isNoise() ? noise : site.change.grew() ? grew : shrank);
  std::string text = std::string(cost) + ": " + changeOfTotal(comparison.total, isBytes) + ".";
  if (comparison.sites.empty()) return text + " No site differs.";
  std::string parts;
  const auto add = [&parts](const std::string& part) { parts += (parts.empty() ? " " : "; ") + part; };
  // Rows that grew come first, the largest growth of all in front.
  if (grew != 0)
    add(formatNumberOf(grew, "site") + " grew, " + (grew == 1 ? "" : "the most ") +
        culpritOf(comparison, comparison.sites.front()) + " (" +
        signedQuantity(comparison.sites.front().change, isBytes) + ")");
  if (shrank != 0) add((grew != 0 ? formatCount(shrank) : formatNumberOf(shrank, "site")) + " shrank");
  if (noise != 0)
    add((parts.empty() ? formatNumberOf(noise, "site") : formatCount(noise)) +
        (noise == 1 && parts.empty() ? " differs" : " differ") + " within the noise");
  return text + parts + ".";
}

}  // namespace heaptap::analysis
