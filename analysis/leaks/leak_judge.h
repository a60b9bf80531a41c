// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "analysis/leaks/leak_report.h"
#include "analysis/suppressions/suppressions.h"
#include "base/error.h"
#include "client/profile_source.h"
#include "client/site_table.h"

namespace heaptap::analysis {

/// What leaks are judged by, whatever the session.
struct LeakRules {
  Suppressions suppressions = Suppressions();  ///< The user's, and built-in ones unless they are left out.
  /// Leave: nothing is thought to be kept on purpose. `suppressions` then has no built-in ones either.
  Suppressions::BuiltIn builtIn = Suppressions::BuiltIn::Use;
  /// Returns the suppressions that the file of a program has built in. None: it has none, or does not have
  /// the build id. Empty: no program is looked into.
  std::function<std::optional<std::string>(const std::string& file, std::string_view buildId)> embedded = {};
  /// Told what a judgement had to do without. Empty: nobody is told.
  std::function<void(const std::string& text)> onDoubt = {};
};

/// Judges what one session has not freed. All that shows leaks gets them here: reports, exports, the gate and
/// the viewer, so that they say the same.
/// Threads: any, one at a time.
class LeakJudge {
 public:
  /// By what is built in alone, without histories.
  LeakJudge() = default;
  /// By `rules`, and by the suppressions that the program of the session has built in.
  LeakJudge(const LeakRules& rules, const client::Profile& profile);

  /// Gets histories from a source, which must outlive this, and knows the session by this name.
  void askForHistories(client::ProfileSource& source, std::string session, std::stop_token stop = {});

  /// The leaks of one heap, without histories. `table`: of the same session, also filtered.
  [[nodiscard]] LeakReport leaks(const client::SiteTable& table,
                                 model::HeapId heap = model::kMallocHeap) const;
  /// Adds how the leaks came to be, where a source was named; of a snapshot nothing is added.
  /// Errors: of the source.
  [[nodiscard]] Result<void> addHistories(LeakReport& report, const client::SiteTable& table) const;
  /// Both. Where histories cannot be had, the report is without, and that is a doubt.
  [[nodiscard]] LeakReport judged(const client::SiteTable& table,
                                  model::HeapId heap = model::kMallocHeap) const;

 private:
  LeakRules m_rules;
  client::ProfileSource* m_source = nullptr;
  std::string m_session;
  std::stop_token m_stop;
};

}  // namespace heaptap::analysis
