// SPDX-License-Identifier: Apache-2.0
#include "analysis/verdict.h"

#include <absl/container/flat_hash_map.h>

#include <map>
#include <optional>

#include "analysis/leaks/unfreed.h"
#include "analysis/own_code.h"
#include "collector/model/copied_session.h"
#include "text/function_name.h"
#include "text/quantity.h"
#include "text/unnamed_place.h"

namespace heaptap::analysis {
namespace {

/// Less of the peak is not worth a word.
constexpr double kShareToTell = 0.1;
/// An estimate with so large a share of error is none.
constexpr double kUnsure = 0.5;

/// Where allocations are sampled: of the heap that was.
std::optional<Unfreed> unfreedIn(const LeakReport& leaks) {
  return leaks.heap == model::kMallocHeap ? unfreedOf(*leaks.profile.summary) : std::nullopt;
}

/// Nothing that was sampled leaks: that is no proof.
std::string sampledPart(const LeakReport& leaks, const Unfreed& unfreed) {
  const std::string text =
      leaks.total().blocks == 0 ? "no block that was sampled is " : "nothing that was sampled ";
  const std::string end = leaks.total().blocks == 0 ? (leaks.isLive ? "live" : "left")
                          : leaks.isLive            ? "is live but what is kept on purpose"
                                                    : "leaks";
  return text + end + ", but " + unfreedText(unfreed) + ": there are too few samples to say more";
}

/// "the heap NAME", for one that is not malloc's.
std::string heapWords(const v1::Summary& summary, model::HeapId heap) {
  for (const v1::HeapReport& each : summary.heaps())
    if (each.id() == index(heap) && !each.name().empty()) return "the heap " + each.name();
  return "heap " + formatCount(index(heap));
}

/// What else is left where a heap has no leak: it is not said of the others.
std::string othersPart(const client::SiteTable& table, const LeakReport& leaks) {
  std::map<model::HeapId, std::uint64_t> left;
  for (std::uint32_t site = 0; site < table.size(); ++site)
    if (table.key(site).heap != leaks.heap) left[table.key(site).heap] += table.counters(site).liveBytes;
  std::string text;
  for (const auto& [heap, bytes] : left) {
    if (bytes == 0) continue;
    text += "; " + formatBytes(bytes) + (leaks.isLive ? " live in " : " left in ") +
            (heap == model::kMallocHeap ? "malloc's heap" : heapWords(*leaks.profile.summary, heap));
  }
  return text;
}

/// What is not counted as a leak because the user has said so.
std::string suppressedPart(const LeakReport& leaks) {
  const LeakSum& sum = leaks.sum(LeakKind::Suppressed);
  if (sum.blocks == 0) return {};
  return " but what is suppressed, " + formatBytes(sum.bytes) + " in " + formatNumberOf(sum.blocks, "block");
}

std::string leakPart(const client::SiteTable& table, const LeakReport& leaks) {
  const LeakSum sum = leaks.leaked();
  const auto unfreed = unfreedIn(leaks);
  if (sum.groups == 0) {
    if (unfreed && !unfreed->isNothing()) return sampledPart(leaks, *unfreed);
    if (leaks.total().blocks == 0)
      return (leaks.isLive ? "nothing is live" : "nothing leaks, and nothing is left") +
             othersPart(table, leaks);
    if (leaks.isLive) return "nothing is live but what is kept on purpose" + othersPart(table, leaks);
    return "nothing leaks" + suppressedPart(leaks) + othersPart(table, leaks);
  }
  const bool isOne = sum.groups == 1;
  std::string text = formatNumberOf(sum.groups, "place");
  text += leaks.isLive ? (isOne ? " holds " : " hold ") : (isOne ? " leaks " : " leak ");
  text += formatBytes(sum.bytes);
  const double error = leaks.leakedBytesError();
  if (error > 0) text += " ± " + formatBytes(wholeError(error));
  if (const std::uint64_t growing = leaks.sum(LeakKind::Growing).groups; growing != 0)
    text += isOne ? " and grows"
                  : ", " + formatCount(growing) + (growing == 1 ? " of them grows" : " of them grow");
  // One sample of small blocks is as sure as this.
  if (unfreed && error >= kUnsure * static_cast<double>(sum.bytes))
    text += " (there are too few samples to be sure)";
  return text;
}

}  // namespace

std::string spokenPlace(const client::StackLine& line) {
  if (!line.function.empty()) return spokenFunctionName(line.function);
  return unnamedPlace(line.module, line.pc);
}

std::string listedName(const LeakGroup& group) {
  return group.isOfFunction ? spokenPlace(group.place) + ": " + group.name : group.name;
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
  std::string text = leakPart(table, leaks);
  if (leaks.heap != model::kMallocHeap) text = "in " + heapWords(summary, leaks.heap) + ", " + text;
  if (peak != 0 && model::tellsPeak(summary.agent_version()))
    text += "; peak " + formatBytes(peak) + " after " + formatDuration(peakAt);
  const auto place = model::tellsPeak(summary.agent_version()) ? peakPlace(table, leaks.heap) : std::nullopt;
  if (place && static_cast<double>(place->bytes) >= kShareToTell * static_cast<double>(peak))
    text += ", " + formatShare(place->bytes, peak) + " of it from " + spokenPlace(place->line);
  if (summary.wrong_uses() != 0)
    text += "; " + formatNumberOf(summary.wrong_uses(), "wrong use") + " of the heap";
  return text + ".";
}

}  // namespace heaptap::analysis
