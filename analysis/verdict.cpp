// SPDX-License-Identifier: Apache-2.0
#include "analysis/verdict.h"

#include <absl/container/flat_hash_map.h>


#include "analysis/own_code.h"
#include "text/function_name.h"
#include "text/quantity.h"
#include "text/unnamed_place.h"

namespace heaptap::analysis {
namespace {

/// Less of the peak is not worth a word.
constexpr double kShareToTell = 0.1;

std::string leakPart(const LeakReport& leaks) {
  const LeakSum sum = leaks.leaked();
  if (sum.groups == 0) {
    if (leaks.total().blocks == 0)
      return leaks.isLive ? "nothing is live" : "nothing leaks, and nothing is left";
    return leaks.isLive ? "nothing is live but what is kept on purpose" : "nothing leaks";
  }
  const bool isOne = sum.groups == 1;
  std::string text = formatNumberOf(sum.groups, "place");
  text += leaks.isLive ? (isOne ? " holds " : " hold ") : (isOne ? " leaks " : " leak ");
  text += formatBytes(sum.bytes);
  if (const std::uint64_t growing = leaks.sum(LeakKind::Growing).groups; growing != 0)
    text += isOne ? " and grows"
                  : ", " + formatCount(growing) + (growing == 1 ? " of them grows" : " of them grow");
  return text;
}

}  // namespace

std::string spokenPlace(const client::StackLine& line) {
  if (!line.function.empty()) return spokenFunctionName(line.function);
  return unnamedPlace(line.module, line.pc);
}

std::optional<PeakPlace> peakPlace(const client::SiteTable& table, model::HeapId heap) {
  struct Sum {
    std::uint64_t bytes = 0;
    std::uint64_t largest = 0;
    OwnCode::Place place;
  };
  absl::flat_hash_map<std::uint64_t, Sum> sums;
  OwnCode own(table.profile());
  const Sum* most = nullptr;
  for (std::uint32_t site = 0; site < table.size(); ++site) {
    if (table.key(site).heap != heap) continue;
    const std::uint64_t bytes = table.counters(site).peakBytes;
    if (bytes == 0) continue;
    const auto place = own.innermostOwn(table.key(site).stack);
    if (!place) continue;
    Sum& sum = sums[index(place->function)];
    sum.bytes += bytes;
    if (bytes > sum.largest) {
      sum.largest = bytes;
      sum.place = *place;
    }
  }
  for (const auto& [function, sum] : sums)  // Equal ones: that with the smaller id, whatever the order here.
    if (most == nullptr || sum.bytes > most->bytes ||
        (sum.bytes == most->bytes && index(sum.place.function) < index(most->place.function)))
      most = &sum;
  if (most == nullptr) return std::nullopt;
  const client::Profile& profile = table.profile();
  return PeakPlace{
      .line = client::lineOf(profile, profile.definitions.stack(most->place.stack).frame, most->place.line),
      .bytes = most->bytes};
}

std::string verdict(const client::SiteTable& table, const LeakReport& leaks) {
  const v1::Summary& summary = *leaks.profile.summary;
  std::uint64_t peak = summary.peak_bytes();
  std::uint64_t peakAt = summary.peak_at_ns();
  for (const v1::HeapReport& heap : summary.heaps())
    if (heap.id() == index(leaks.heap)) {
      peak = heap.peak_bytes();
      peakAt = heap.peak_at_ns();
    }
  std::string text = leakPart(leaks);
  if (peak != 0) text += "; peak " + formatBytes(peak) + " after " + formatDuration(peakAt);
  const auto place = peakPlace(table, leaks.heap);
  if (place && static_cast<double>(place->bytes) >= kShareToTell * static_cast<double>(peak))
    text += ", " + formatShare(place->bytes, peak) + " of it from " + spokenPlace(place->line);
  if (summary.wrong_uses() != 0)
    text += "; " + formatNumberOf(summary.wrong_uses(), "wrong use") + " of the heap";
  return text + ".";
}

}  // namespace heaptap::analysis
