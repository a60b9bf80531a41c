// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "analysis/leaks/leak_report.h"
#include "client/site_table.h"
#include "client/tree/profile_merge.h"

namespace heaptap::analysis {

/// The leaks of several sessions as those of one. Each session is judged for itself, as what is kept on
/// purpose is so once in each process; then groups that have one root cause in any of them are one group.
/// Threads: one at a time.
class TreeLeaks {
 public:
  /// `ids`: what those of the session have become. What is live, and so not leaked, is passed over.
  void add(const LeakReport& report, const client::ProfileMerge::Ids& ids);

  /// `table`: of all that was merged. No group has a history: each process has its own.
  [[nodiscard]] LeakReport report(const client::SiteTable& table, model::HeapId heap) const;

 private:
  /// What groups of several sessions have in common: kind, name, source, and the place, where it tells them
  /// apart.
  using GroupKey = std::tuple<LeakKind, std::string, std::string, std::string, std::string, std::uint64_t>;
  struct Group {
    LeakGroup sum;  ///< Without a place and sites.
    std::map<client::SiteKey, LeakedSite> sites;
    std::string function;  ///< Of the place, as the largest group had it; likewise the next.
    std::string file;
    std::uint32_t line = 0;
    std::uint64_t pc = 0;
    client::SiteKey site = {};  ///< That the place lies on.
    std::uint64_t largest = 0;
  };
  static client::StackLine placeOf(const client::Profile& profile, const Group& group);

  std::map<GroupKey, Group> m_groups;
  std::map<std::tuple<std::string, std::uint32_t, std::string>, std::size_t> m_unused;
  std::size_t m_reports = 0;
};

}  // namespace heaptap::analysis
