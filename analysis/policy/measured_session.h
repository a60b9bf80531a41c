// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/leaks/leak_report.h"
#include "analysis/policy/baseline.h"
#include "analysis/policy/policy.h"
#include "analysis/policy/verdict.h"
#include "base/error.h"
#include "client/profile.h"

namespace heaptap::analysis {

class LeakJudge;

/// A session that is to be judged.
struct JudgedSession {
  std::string name;  ///< What the reader calls it.
  client::Profile profile;
  std::vector<v1::FindingReport> findings;  ///< Their stacks are in the profile.
};

/// What a policy may ask of a session.
struct MeasuredSession {
  std::string name;
  std::string program;  ///< Last part of the executable's path.
  client::Profile profile;
  RunMeasures measures;
  /// By name of the rule, empty for the whole program: what is leaked there.
  std::map<std::string, LeakReport> leaks;
  std::map<std::string, std::vector<v1::FindingReport>> findings;  ///< Likewise.
  std::vector<std::string> faults;  ///< Why the record is not whole, a half sentence each.
  /// By name of the rule likewise: where a number is an estimate, the most that it stands for in at least 19
  /// of 20 cases. None: it is exact, or not known.
  std::map<std::string, Measures> atMost;
  /// Names of rules that nothing in the session matches.
  std::set<std::string> idleRules;
  /// By name of the rule, where Metric::Growing is limited: of how many leaks nothing says whether they grow.
  std::map<std::string, std::size_t> withoutHistory;
  /// The process did not end by itself: what is live is not leaked.
  bool isLive = false;
};

/// `judge`: of the same session.
/// Errors: none that `policy`, having been parsed, can cause; those of client::FilterMatch.
[[nodiscard]] Result<MeasuredSession> measure(JudgedSession session, const Policy& policy,
                                              const LeakJudge& judge);

/// What a group of leaks is known by in other builds.
[[nodiscard]] LeakKey keyOf(const LeakGroup& group, const client::Profile& profile);

[[nodiscard]] CodePlace placeOf(const client::StackLine& line);
[[nodiscard]] std::vector<CodePlace> placesOf(const client::Profile& profile, model::StackId stack);

}  // namespace heaptap::analysis
