// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy/violations.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <utility>

#include "client/stack_lines.h"
#include "proto/words/finding_words.h"
#include "proto/words/origin_name.h"
#include "text/function_name.h"
#include "text/quantity.h"

namespace heaptap::analysis {
namespace {

constexpr std::size_t kNameColumns = 120;

std::string leakMessage(const LeakGroup& group, const std::string& verb, const std::string& compared) {
  return verb + " " + formatBytes(group.bytes) + " in " + formatNumberOf(group.blocks, "block") + compared +
         ", allocated by " + labelOf(placeOf(group.place), kNameColumns);
}

std::string historyDetail(const LeakGroup& group) {
  if (group.kind != LeakKind::Growing) return {};
  return "it grew until the end" +
         (group.confidence ? "; confidence: " + std::string(group.confidence->word()) : std::string());
}

Violation leakViolation(const MeasuredSession& session, const LeakGroup& group, const std::string& compared,
                        std::string detail, const std::string& verb = "leaks") {
  if (const std::string history = historyDetail(group); !history.empty())
    detail += std::string(detail.empty() ? "" : "\n") + history;
  Violation violation{.message = leakMessage(group, verb, compared),
                      .detail = std::move(detail),
                      .session = session.name,
                      .bytes = group.bytes,
                      .place = placeOf(group.place),
                      .stack = placesOf(session.profile, group.sites.front().key.stack)};
  if (group.history) violation.isGrowing = group.kind == LeakKind::Growing;
  if (group.confidence) violation.confidence = group.confidence->score;
  return violation;
}

std::uint64_t fnv1a(std::string_view text, std::uint64_t hash) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return hash;
}

/// The innermost line that is neither the C nor the C++ library's would need the owner of the code; the first
/// with a file is near enough to look from.
CodePlace firstWithFile(const std::vector<CodePlace>& stack) {
  for (const CodePlace& place : stack)
    if (!place.file.empty()) return place;
  return stack.empty() ? CodePlace() : stack.front();
}

}  // namespace

std::string fingerprintOf(const Check& check, const LeakKey& place) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const std::string_view part :
       {std::string_view(check.id), std::string_view(check.rule), std::string_view(check.program),
        std::string_view(place.function), std::string_view(place.module)})
    hash = fnv1a(std::string_view("\0", 1), fnv1a(part, hash));
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

void ViolationsByPlace::add(const LeakKey& key, const std::string& more, std::uint64_t weight,
                            Violation violation) {
  const auto [found, isNew] = m_entries.try_emplace({key, more});
  Entry& entry = found->second;
  const std::size_t sessions =
      isNew ? 1 : entry.violation.sessions + (entry.session == violation.session ? 0U : 1U);
  entry.session = violation.session;
  if (isNew || weight > entry.weight) {
    entry.weight = weight;
    entry.violation = std::move(violation);
    entry.violation.fingerprint =
        fingerprintOf(m_check, {.function = key.function + more, .module = key.module});
  }
  entry.violation.sessions = sessions;
}

void ViolationsByPlace::add(const MeasuredSession& session, std::uint64_t value, std::string message) {
  add({}, {}, value, {.message = std::move(message), .session = session.name});
}

void ViolationsByPlace::addLeaks(const MeasuredSession& session, const std::string& rule,
                                 const std::string& why) {
  const auto leaks = session.leaks.find(rule);
  if (leaks == session.leaks.end()) return;
  for (const LeakGroup& group : leaks->second.groups)
    if (group.isLeak())
      add(keyOf(group, session.profile), labelOf(placeOf(group.place), 0), group.bytes,
          leakViolation(session, group, {}, why));
}

void ViolationsByPlace::addGrowing(const MeasuredSession& session, const std::string& rule,
                                   const std::string& why) {
  const auto leaks = session.leaks.find(rule);
  if (leaks == session.leaks.end()) return;
  for (const LeakGroup& group : leaks->second.groups)
    if (group.kind == LeakKind::Growing)
      add(keyOf(group, session.profile), labelOf(placeOf(group.place), 0), group.bytes,
          leakViolation(session, group, {}, why, "has grown to"));
}

void ViolationsByPlace::addFindings(const MeasuredSession& session, const std::string& rule) {
  const auto findings = session.findings.find(rule);
  if (findings == session.findings.end()) return;
  for (const v1::FindingReport& finding : findings->second) {
    const auto lines = [&](std::uint32_t stack) {
      return placesOf(session.profile, static_cast<model::StackId>(stack));
    };
    std::vector<CodePlace> stack = lines(finding.free_stack());
    const std::vector<CodePlace> allocation = lines(finding.allocation_stack());
    if (stack.empty()) stack = allocation;
    const CodePlace place = firstWithFile(stack);
    Violation violation{
        .message = findingWords(finding) +
                   (finding.count() == 1 ? std::string() : ", " + formatNumberOf(finding.count(), "time")) +
                   ", freed by " + std::string(originName(finding.free_origin())) + " in " +
                   labelOf(place, kNameColumns),
        .session = session.name,
        .place = place,
        .stack = std::move(stack)};
    if (!allocation.empty()) violation.allocatedAt = firstWithFile(allocation);
    const std::string more = std::string(findingKey(finding.kind())) +
                             (allocation.empty() ? "" : spokenFunctionName(allocation.front().function));
    add({.function = spokenFunctionName(place.function), .module = {}}, more, finding.count(),
        std::move(violation));
  }
}

void ViolationsByPlace::addNewLeaks(const std::vector<const MeasuredSession*>& sessions,
                                    const std::vector<RunMeasures>& baseline, std::uint64_t allowed) {
  std::vector<const MeasuredSession*> judged;
  std::set<LeakKey> keys;
  for (const MeasuredSession* session : sessions) {
    if (session->isLive) continue;
    judged.push_back(session);
    for (const auto& [key, size] : session->measures.leaks) keys.insert(key);
  }
  const auto bytesOf = [](const RunMeasures& run, const LeakKey& key) {
    const auto found = run.leaks.find(key);
    return found == run.leaks.end() ? 0 : found->second.bytes;
  };
  std::map<LeakKey, Change> grown;
  std::uint64_t together = 0;
  for (const LeakKey& key : keys) {
    std::vector<std::uint64_t> before;
    for (const RunMeasures& run : baseline) before.push_back(bytesOf(run, key));
    std::vector<std::uint64_t> after;
    for (const MeasuredSession* session : judged) after.push_back(bytesOf(session->measures, key));
    const Change change = changeOf(before, after);
    if (!change.grew() || change.isNoise()) continue;
    grown.emplace(key, change);
    together += change.magnitude();
  }
  if (together <= allowed) return;
  for (const MeasuredSession* session : judged)
    for (const LeakGroup& group : session->leaks.at({}).groups) {
      if (!group.isLeak()) continue;
      const LeakKey key = keyOf(group, session->profile);
      const auto found = grown.find(key);
      if (found == grown.end()) continue;
      const std::uint64_t before = found->second.before;
      add(key, labelOf(placeOf(group.place), 0), group.bytes,
          leakViolation(
              *session, group,
              before == 0 ? ", none in the baseline" : ", " + formatBytes(before) + " in the baseline", {}));
    }
}

std::vector<Violation> ViolationsByPlace::take() && {
  std::vector<Entry> entries;
  for (auto& [key, entry] : m_entries) entries.push_back(std::move(entry));
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.weight > b.weight; });
  std::vector<Violation> all;
  for (Entry& entry : entries) all.push_back(std::move(entry.violation));
  return all;
}

}  // namespace heaptap::analysis
