// SPDX-License-Identifier: Apache-2.0
#include "export/cost.h"

#include <array>
#include <string>

namespace heaptap::exporting {
namespace {

using Counters = client::SiteCounters;

constexpr std::array kCosts{
    CostWords{Cost::Live, "live", "live bytes", true, client::Cost::LiveBytes, &Counters::liveBytes},
    CostWords{Cost::Peak, "peak", "bytes at the peak", true, client::Cost::PeakBytes, &Counters::peakBytes},
    CostWords{Cost::Leaked, "leaked", "bytes left at the end", true, client::Cost::LiveBytes,
              &Counters::liveBytes},
    CostWords{Cost::Allocations, "allocations", "allocations", false, client::Cost::Allocations,
              &Counters::allocations},
    CostWords{Cost::Bytes, "bytes", "allocated bytes", true, client::Cost::AllocatedBytes,
              &Counters::allocatedBytes},
    CostWords{Cost::Temporary, "temporary", "temporary allocations", false, client::Cost::Temporaries,
              &Counters::temporaries},
};

}  // namespace

std::span<const CostWords> costs() { return kCosts; }

const CostWords& wordsOf(Cost cost) { return kCosts[static_cast<std::size_t>(cost)]; }

Result<Cost> costNamed(std::string_view name) {
  std::string known;
  for (const CostWords& words : kCosts) {
    if (words.name == name) return words.cost;
    known += (known.empty() ? "" : ", ") + std::string(words.name);
  }
  return failure(Code::Usage, "--cost", "'" + std::string(name) + "' is no cost", "one of: " + known);
}

}  // namespace heaptap::exporting
