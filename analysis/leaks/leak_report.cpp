// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/leak_report.h"

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

LeakSum LeakReport::leaked() const {
  LeakSum both = sum(LeakKind::Growing);
  add(both, sum(LeakKind::Once));
  return both;
}

LeakSum LeakReport::total() const {
  LeakSum all;
  for (const LeakSum& each : sums) add(all, each);
  return all;
}

}  // namespace heaptap::analysis
