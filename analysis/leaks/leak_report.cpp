// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/leak_report.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "proto/words/session_words.h"

namespace heaptap::analysis {
namespace {

void add(LeakSum& sum, const LeakSum& more) {
  sum.groups += more.groups;
  sum.sites += more.sites;
  sum.bytes += more.bytes;
  sum.blocks += more.blocks;
}

}  // namespace

std::string_view wordFor(LeakKind kind) {
  switch (kind) {
    case LeakKind::Growing: return "growing";
    case LeakKind::Once: return "once";
    case LeakKind::Kept: return "kept";
    case LeakKind::Suppressed: return "suppressed";
  }
  return {};
}

void LeakReport::arrange() {
  std::stable_sort(groups.begin(), groups.end(), [](const LeakGroup& a, const LeakGroup& b) {
    return std::tuple(static_cast<int>(a.kind), b.bytes, b.blocks) <
           std::tuple(static_cast<int>(b.kind), a.bytes, a.blocks);
  });
  sums = {};
  for (const LeakGroup& group : groups)
    add(sums[static_cast<std::size_t>(group.kind)],
        {.groups = 1, .sites = group.sites.size(), .bytes = group.bytes, .blocks = group.blocks});
}

LeakSum LeakReport::leaked() const {
  LeakSum both = sum(LeakKind::Growing);
  add(both, sum(LeakKind::Once));
  return both;
}

std::string LeakReport::leakedWord() const { return isLive ? words::leftWord(*profile.summary) : "leaked"; }

double LeakGroup::bytesError() const {
  double variance = 0;
  for (const LeakedSite& site : sites)
    if (site.errors) variance += site.errors->liveBytes * site.errors->liveBytes;
  return std::sqrt(variance);
}

double LeakReport::leakedBytesError() const {
  double variance = 0;
  for (const LeakGroup& group : groups) {
    if (!group.isLeak()) continue;
    const double error = group.bytesError();
    variance += error * error;
  }
  return std::sqrt(variance);
}

LeakSum LeakReport::total() const {
  LeakSum all;
  for (const LeakSum& each : sums) add(all, each);
  return all;
}

}  // namespace heaptap::analysis
