// SPDX-License-Identifier: Apache-2.0
#include "analysis/leaks/leak_judge.h"

#include <utility>

#include "analysis/leaks/leak_analysis.h"
#include "analysis/leaks/leak_histories.h"

namespace heaptap::analysis {
namespace {

/// The text that the program of a session has built in. None: there is none that can be trusted.
std::optional<std::string> embeddedText(const LeakRules& rules, const client::Profile& profile) {
  if (!rules.embedded) return std::nullopt;
  const std::string& executable = profile.summary->executable();
  for (const model::Module& module : profile.definitions.modules)
    // Without a build id nothing says that the file is still the one that was run.
    if (module.path == executable && !module.buildId.empty())
      return rules.embedded(executable, module.buildId);
  return std::nullopt;
}

}  // namespace

LeakJudge::LeakJudge(const LeakRules& rules, const client::Profile& profile) : m_rules(rules) {
  const auto text = embeddedText(m_rules, profile);
  if (!text) return;
  const auto added = m_rules.suppressions.add("__lsan_default_suppressions", *text);
  if (!added && m_rules.onDoubt) m_rules.onDoubt(added.error().line());
}

void LeakJudge::askForHistories(client::ProfileSource& source, std::string session, std::stop_token stop) {
  m_source = &source;
  m_session = std::move(session);
  m_stop = std::move(stop);
}

LeakReport LeakJudge::leaks(const client::SiteTable& table, model::HeapId heap) const {
  return leakReport(table, {.heap = heap, .suppressions = &m_rules.suppressions, .builtIn = m_rules.builtIn});
}

Result<void> LeakJudge::addHistories(LeakReport& report, const client::SiteTable& table) const {
  if (m_source == nullptr || table.profile().instant) return {};
  return analysis::addHistories(report, table, *m_source, m_session, m_stop);
}

LeakReport LeakJudge::judged(const client::SiteTable& table, model::HeapId heap) const {
  LeakReport report = leaks(table, heap);
  if (auto added = addHistories(report, table); !added && m_rules.onDoubt)
    m_rules.onDoubt("how leaks came to be is not known: " + added.error().line());
  return report;
}

}  // namespace heaptap::analysis
