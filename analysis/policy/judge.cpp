// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy/judge.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <map>
#include <utility>

#include "analysis/policy/scope_notes.h"
#include "analysis/policy/violations.h"
#include "text/quantity.h"

namespace heaptap::analysis {
namespace {

using Sessions = std::vector<const MeasuredSession*>;

/// Checks of one program.
class ProgramJudge {
 public:
  ProgramJudge(std::string program, Sessions sessions, const std::vector<RunMeasures>* baseline,
               bool allowsIncomplete, Verdict& verdict)
      : m_program(std::move(program)),
        m_sessions(std::move(sessions)),
        m_baseline(baseline),
        m_allowsIncomplete(allowsIncomplete),
        m_verdict(verdict) {}

  void judgeRecords() {
    Check check = begin("record", {}, "the record is whole");
    for (const MeasuredSession* session : m_sessions)
      for (const std::string& fault : session->faults) {
        if (m_allowsIncomplete) {
          m_verdict.notes.push_back(session->name + ": the record is not whole: " + fault);
          continue;
        }
        check.violations.push_back(
            {.message = "the record is not whole, so that its numbers prove nothing: " + fault,
             .session = session->name,
             .fingerprint = fingerprintOf(check, {})});
      }
    m_verdict.checks.push_back(std::move(check));
  }

  void judge(const Rule& rule, bool isWhole) {
    Rule effective = rule;
    if (isWhole) {
      addDefault(effective, {Metric::Leaked, Metric::LeakedBlocks});
      addDefault(effective, {Metric::Findings, Metric::Findings});
    }
    for (const MetricWord& word : kMetricWords) {
      if (const auto& limit = effective.limits[word.metric]; limit && limit->most)
        judgeLimit(rule, word.metric, *limit->most);
      if (const auto& growth = effective.growth[word.metric]; growth && !growth->isAny)
        judgeGrowth(rule, word.metric, *growth);
    }
  }

 private:
  /// Where nothing is said of either metric, or what is said needs a baseline and there is none.
  void addDefault(Rule& rule, std::array<Metric, 2> metrics) const {
    bool isSaid = false;
    for (const Metric metric : metrics) {
      isSaid = isSaid || rule.limits[metric];
      isSaid = isSaid || (rule.growth[metric] && (m_baseline != nullptr || rule.growth[metric]->isAny));
    }
    if (isSaid) return;
    if (m_baseline != nullptr)
      rule.growth[metrics[0]] = Growth{};
    else
      rule.limits[metrics[0]] = Limit{.most = 0};
  }

  [[nodiscard]] Check begin(std::string id, const std::string& rule, std::string title) const {
    return {.id = std::move(id), .rule = rule, .program = m_program, .title = std::move(title)};
  }

  static const Measures& measuresOf(const RunMeasures& run, const Rule& rule) {
    static const Measures kNone;
    if (rule.name.empty()) return run.whole;
    const auto found = run.rules.find(rule.name);
    return found == run.rules.end() ? kNone : found->second;
  }

  void judgeLimit(const Rule& rule, Metric metric, std::uint64_t most) {
    const MetricWord& word = wordOf(metric);
    Check check = begin(std::string(word.word), rule.name,
                        std::string(word.meaning) + ": at most " + formatExactly(metric, most));
    std::optional<std::uint64_t> worst;
    ViolationsByPlace violations(check);
    for (const MeasuredSession* session : m_sessions) {
      const auto value = measuresOf(session->measures, rule)[metric];
      if (!value) {
        noteUnjudged(*session, metric);
        continue;
      }
      if (metric == Metric::Growing) judgeHistories(*session, rule, violations);
      worst = std::max(worst.value_or(0), *value);
      if (*value <= most) {
        judgeEstimate(*session, rule, metric, most, violations);
        continue;
      }
      if (metric == Metric::Leaked || metric == Metric::LeakedBlocks)
        violations.addLeaks(*session, rule.name, most == 0 ? std::string() : overLimit(metric, *value, most));
      else if (metric == Metric::Growing)
        violations.addGrowing(*session, rule.name,
                              most == 0 ? std::string() : overLimit(metric, *value, most));
      else if (metric == Metric::Findings)
        violations.addFindings(*session, rule.name);
      else
        violations.add(*session, *value, overLimit(metric, *value, most));
    }
    finish(std::move(check), std::move(violations), metric, worst, most);
  }

  /// What is not known to grow proves nothing.
  void judgeHistories(const MeasuredSession& session, const Rule& rule, ViolationsByPlace& violations) {
    const auto found = session.withoutHistory.find(rule.name);
    if (found == session.withoutHistory.end() || found->second == 0) return;
    const std::string fault = "it is not known whether " + formatNumberOf(found->second, "leak") +
                              (found->second == 1 ? " grows" : " grow") +
                              ": their events are not in the file (run --max-file keeps more, --no-events none)";
    if (m_allowsIncomplete)
      m_verdict.notes.push_back(session.name + ": " + fault);
    else
      violations.add(session, 0, fault);
  }

  /// What was sampled is within the limit; what was not may be beyond, and proves nothing.
  void judgeEstimate(const MeasuredSession& session, const Rule& rule, Metric metric, std::uint64_t most,
                     ViolationsByPlace& violations) {
    const auto found = session.atMost.find(rule.name);
    if (found == session.atMost.end()) return;
    const auto atMost = found->second[metric];
    if (!atMost || *atMost <= most) return;
    const std::string fault = std::string(wordOf(metric).meaning) + " may be as many as " +
                              limitText(metric, *atMost) + ": one allocation in " +
                              formatBytes(session.profile.summary->sampling().interval()) +
                              " is sampled, which does not prove that they are at most " +
                              formatMetric(metric, most) + " (run without --sample counts all)";
    if (m_allowsIncomplete)
      m_verdict.notes.push_back(session.name + ": " + fault);
    else
      violations.add(session, 0, fault);
  }

  static std::string limitText(Metric metric, std::uint64_t atMost) {
    return atMost == std::numeric_limits<std::uint64_t>::max() ? "any number" : formatMetric(metric, atMost);
  }

  static std::string overLimit(Metric metric, std::uint64_t value, std::uint64_t most) {
    return std::string(wordOf(metric).meaning) + " are " + formatBeside(metric, value, most) +
           ", the policy allows " + formatBeside(metric, most, value);
  }

  void judgeGrowth(const Rule& rule, Metric metric, const Growth& growth) {
    const MetricWord& word = wordOf(metric);
    if (m_baseline == nullptr) {
      m_verdict.notes.push_back("no baseline of " + m_program + ": growth of " + std::string(word.word) +
                                " is not checked");
      return;
    }
    const std::string allowed = growth.percent       ? std::string(allowedPercent(*growth.percent))
                                : growth.amount == 0 ? std::string("no more than in the baseline")
                                                     : "at most " + formatExactly(metric, growth.amount) +
                                                           " more than in the baseline";
    Check check =
        begin(std::string(word.word) + "-growth", rule.name, std::string(word.meaning) + ": " + allowed);
    std::vector<std::uint64_t> before;
    for (const RunMeasures& run : *m_baseline)
      if (const auto value = measuresOf(run, rule)[metric]) before.push_back(*value);
    std::vector<std::uint64_t> after;
    const MeasuredSession* worst = nullptr;
    std::uint64_t most = 0;
    for (const MeasuredSession* session : m_sessions) {
      const auto value = measuresOf(session->measures, rule)[metric];
      if (!value) {
        noteUnjudged(*session, metric);
        continue;
      }
      after.push_back(*value);
      if (worst == nullptr || *value > most) std::tie(worst, most) = std::pair(session, *value);
    }
    if (before.empty()) {
      m_verdict.notes.push_back("the baseline of " + m_program + " knows nothing of " +
                                std::string(word.word) + (rule.name.empty() ? "" : " of " + rule.name) +
                                "; write it anew");
      return;
    }
    if (worst == nullptr) return;
    const Change change = changeOf(before, after);
    ViolationsByPlace violations(check);
    if (metric == Metric::Leaked && rule.name.empty()) {
      violations.addNewLeaks(m_sessions, *m_baseline, growth.allowed(change.before));
    } else if (change.grew() && !change.isNoise() && change.magnitude() > growth.allowed(change.before)) {
      const std::string message = std::string(word.meaning) + " are " +
                                  formatBeside(metric, change.after, change.before) + ", " +
                                  formatBeside(metric, change.before, change.after) + " in the baseline";
      if (metric == Metric::Findings)
        violations.addFindings(*worst, rule.name);
      else
        violations.add(
            *worst, most,
            message + (change.noise == 0 ? std::string() : ", ± " + formatMetric(metric, change.noise)));
    }
    if (violations.isEmpty() && most == 0) {
      const std::uint64_t more = growth.allowed(change.before);
      judgeEstimate(*worst, rule, metric, std::max(change.before + more, more), violations);
    }
    finish(std::move(check), std::move(violations), metric, change.after);
  }

  static std::string allowedPercent(double percent) {
    char text[64];
    std::snprintf(text, sizeof text, "at most %.4g %% more than in the baseline", percent);
    return text;
  }

  void noteUnjudged(const MeasuredSession& session, Metric metric) {
    if (metric != Metric::Leaked && metric != Metric::LeakedBlocks) return;
    const std::string note =
        session.name +
        ": the process was ended by a signal or became another program, so that nothing is known of leaks";
    if (std::find(m_verdict.notes.begin(), m_verdict.notes.end(), note) == m_verdict.notes.end())
      m_verdict.notes.push_back(note);
  }

  void finish(Check check, ViolationsByPlace violations, Metric metric, std::optional<std::uint64_t> measured,
              std::optional<std::uint64_t> limit = {}) {
    if (measured) check.measured = formatBeside(metric, *measured, limit.value_or(*measured));
    check.violations = std::move(violations).take();
    m_verdict.checks.push_back(std::move(check));
  }

  std::string m_program;
  Sessions m_sessions;
  const std::vector<RunMeasures>* m_baseline;  ///< Null: the program has none.
  const bool m_allowsIncomplete;
  Verdict& m_verdict;
};

}  // namespace

Verdict judge(const std::vector<MeasuredSession>& sessions, const Policy& policy, const Baseline& baseline) {
  Verdict verdict;
  std::vector<std::pair<std::string, Sessions>> programs;  // In the order in which they come.
  for (const MeasuredSession& session : sessions) {
    verdict.sessions.push_back(session.name);
    auto known = std::find_if(programs.begin(), programs.end(),
                              [&](const auto& program) { return program.first == session.program; });
    if (known == programs.end()) known = programs.insert(programs.end(), {session.program, {}});
    known->second.push_back(&session);
    if (session.profile.isSampled())
      verdict.notes.push_back(session.name +
                              ": sampled, so that its numbers are estimates, and wrong uses of the heap "
                              "are only seen of sampled blocks");
  }
  for (const auto& [program, ofProgram] : programs) {
    auto runs = baseline.find(program);
    if (runs == baseline.end() && programs.size() == 1 && baseline.size() == 1) {
      runs = baseline.begin();  // Its file was called otherwise then.
      verdict.notes.push_back(program + " is compared with " + runs->first + " of the baseline");
    }
    const bool hasBaseline = runs != baseline.end() && !runs->second.empty();
    if (!hasBaseline && !baseline.empty())
      verdict.notes.push_back("the baseline does not know the program " + program);
    ProgramJudge judge(program, ofProgram, hasBaseline ? &runs->second : nullptr, policy.allowsIncomplete,
                       verdict);
    judge.judgeRecords();
    judge.judge(policy.whole, true);
    for (const Rule& rule : policy.rules) judge.judge(rule, false);
  }
  for (std::string& note : scopeNotes(sessions, policy)) verdict.notes.push_back(std::move(note));
  return verdict;
}

Baseline baselineOf(const std::vector<MeasuredSession>& sessions) {
  Baseline baseline;
  for (const MeasuredSession& session : sessions) baseline[session.program].push_back(session.measures);
  return baseline;
}

}  // namespace heaptap::analysis
