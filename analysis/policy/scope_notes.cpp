// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy/scope_notes.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "text/quantity.h"

namespace heaptap::analysis {
namespace {

/// Of each kind; the others are counted.
constexpr std::size_t kMostNotes = 10;

/// Adds the first ones, and how many more there are.
void addSome(std::vector<std::string>& notes, const std::vector<std::string>& some, const std::string& more) {
  notes.insert(notes.end(), some.begin(),
               some.begin() + static_cast<std::ptrdiff_t>(std::min(some.size(), kMostNotes)));
  if (some.size() > kMostNotes) notes.push_back(formatCount(some.size() - kMostNotes) + " more " + more);
}

const LeakReport* wholeOf(const MeasuredSession& session) {
  const auto found = session.leaks.find({});
  return found == session.leaks.end() ? nullptr : &found->second;
}

std::vector<std::string> suppressedIn(const MeasuredSession& session) {
  std::vector<std::string> notes;
  const LeakReport* const leaks = wholeOf(session);
  if (leaks == nullptr) return notes;
  for (const LeakGroup& group : leaks->groups)
    if (group.kind == LeakKind::Suppressed)
      notes.push_back(session.name + ": not judged, as it is suppressed: " + formatBytes(group.bytes) +
                      " in " + formatNumberOf(group.blocks, "block") + ", by " + group.name +
                      (group.source.empty() ? "" : " (" + group.source + ")"));
  return notes;
}

/// Suppressions that no session has a use for, in the order of the first one.
std::vector<std::string> unusedIn(const std::vector<MeasuredSession>& sessions) {
  using Key = std::tuple<std::string, std::uint32_t, std::string>;
  const auto keyOf = [](const UnusedSuppression& each) { return Key(each.source, each.line, each.name); };
  std::map<Key, std::size_t> times;
  std::size_t looked = 0;
  for (const MeasuredSession& session : sessions)
    if (const LeakReport* const leaks = wholeOf(session)) {
      ++looked;
      for (const UnusedSuppression& each : leaks->unused) ++times[keyOf(each)];
    }
  std::vector<std::string> notes;
  for (const MeasuredSession& session : sessions)
    if (const LeakReport* const leaks = wholeOf(session)) {
      for (const UnusedSuppression& each : leaks->unused)
        if (times[keyOf(each)] == looked)
          notes.push_back(each.source + ":" + std::to_string(each.line) + ": the suppression " + each.name +
                          " matches nothing");
      break;
    }
  return notes;
}

std::vector<std::string> idleRules(const std::vector<MeasuredSession>& sessions, const Policy& policy) {
  std::vector<std::string> notes;
  for (const Rule& rule : policy.rules) {
    const bool isIdle = std::all_of(
        sessions.begin(), sessions.end(),
        [&rule](const MeasuredSession& session) { return session.idleRules.contains(rule.name); });
    if (isIdle)
      notes.push_back("the rule '" + rule.name + "' is about nothing: " +
                      (rule.scope.heap.empty() ? "" : "there is no heap of that name, or ") +
                      "no stack that allocates has such a line, so that its limits prove nothing");
  }
  return notes;
}

}  // namespace

std::vector<std::string> scopeNotes(const std::vector<MeasuredSession>& sessions, const Policy& policy) {
  std::vector<std::string> notes;
  if (sessions.empty()) return notes;
  for (const MeasuredSession& session : sessions)
    addSome(notes, suppressedIn(session), "suppressions leave out leaks of " + session.name);
  addSome(notes, unusedIn(sessions), "suppressions match nothing");
  addSome(notes, idleRules(sessions, policy), "rules are about nothing");
  return notes;
}

}  // namespace heaptap::analysis
