// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "analysis/policy/metric.h"
#include "base/error.h"

namespace heaptap::analysis {

/// What a leak is known by in other builds.
struct LeakKey {
  std::string function;  ///< Canonical (analysis/comparison/canonical_name.h); empty: unknown.
  std::string module;    ///< Likewise; empty: the program itself.

  auto operator<=>(const LeakKey&) const = default;
};

struct LeakSize {
  std::uint64_t bytes = 0;
  std::uint64_t blocks = 0;

  bool operator==(const LeakSize&) const = default;
};

using Measures = PerMetric<std::optional<std::uint64_t>>;  ///< None: not known.

/// The numbers of one run.
struct RunMeasures {
  Measures whole = {};
  std::map<std::string, Measures> rules = {};  ///< By name, of those that a policy has.
  std::map<LeakKey, LeakSize> leaks = {};

  bool operator==(const RunMeasures&) const = default;
};

/// Runs that are known to be as they should be, by program.
using Baseline = std::map<std::string, std::vector<RunMeasures>>;

/// A baseline as a file, and back: JSON, for people to look at and for a version control system to compare.
/// Errors: Usage: the text is no baseline, with `source`; SchemaTooNew: of a newer heaptap.
[[nodiscard]] std::string writeBaseline(const Baseline& baseline);
[[nodiscard]] Result<Baseline> readBaseline(const std::string& source, std::string_view text);

}  // namespace heaptap::analysis
