// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/leaks/leak_judge.h"
#include "client/profile_source.h"
#include "export/cost.h"

namespace heaptap::exporting {

/// What an export is made from.
struct Subject {
  std::string title;  ///< What the caller calls the session.
  client::Profile profile;
  v1::HeapReport heap = {};   ///< The one that was chosen; id 0: malloc's.
  bool isHeapChosen = false;  ///< Else formats that can tell heaps apart have all of them.
  Cost cost = Cost::Live;
  // Empty where the format does not need them, or where the session does not have them.
  v1::Timeline timeline = {};
  std::vector<v1::FindingReport> findings = {};
  std::vector<client::Profile> snapshots = {};  ///< In their order.
  /// Judges the leaks. Where the format needs them, by the query's rules and with histories.
  analysis::LeakJudge judge = {};

  [[nodiscard]] model::HeapId heapId() const { return static_cast<model::HeapId>(heap.id()); }
  [[nodiscard]] const v1::Summary& summary() const { return *profile.summary; }
  /// By stack, of the heap that was chosen.
  [[nodiscard]] client::StackCosts costsOf(Cost which) const;
};

/// What a format asks for besides the profile.
struct Needs {
  bool timeline = false;
  bool findings = false;
  bool snapshots = false;
  bool leaks = false;
};

struct SubjectQuery {
  std::string session;     ///< An id, as the source knows it.
  client::When when = {};  ///< As it is made: now, or the end.
  std::string heap;        ///< A name; empty: malloc's.
  Cost cost = Cost::Live;
  analysis::LeakRules rules = {};
};

/// Asks a source for all that an export needs. Blocks. Where the format needs leaks, the source must outlive
/// the subject, whose judge asks it for histories.
/// Errors: those of the source; NotFound: no such heap; Usage: leaks of a process that has not ended.
[[nodiscard]] Result<Subject> subjectOf(client::ProfileSource& source, const SubjectQuery& query,
                                        const Needs& needs, const std::stop_token& stop = {});

}  // namespace heaptap::exporting
