// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy/verdict.h"

#include <algorithm>
#include <utility>

#include "text/function_name.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/unnamed_place.h"

namespace heaptap::analysis {

std::string formatMetric(Metric metric, std::uint64_t value) {
  return wordOf(metric).isBytes ? formatBytes(value) : formatCount(value);
}

std::string formatExactly(Metric metric, std::uint64_t value) {
  const std::string text = formatMetric(metric, value);
  std::uint64_t said = 0;
  std::string digits = text;
  std::erase_if(digits, [](char c) { return c == ' ' || c == ','; });
  if (!wordOf(metric).isBytes || (parseBytes(digits, said) && said == value)) return text;
  return text + " (" + formatCount(value) + " bytes)";
}

std::string formatBeside(Metric metric, std::uint64_t value, std::uint64_t other) {
  std::string text = formatMetric(metric, value);
  return value != other && text == formatMetric(metric, other) ? formatExactly(metric, value) : text;
}

std::string labelOf(const CodePlace& place, std::size_t columns) {
  constexpr std::size_t kLongestShown = 4096;
  if (!place.function.empty())
    return shortFunctionName(printable(std::string_view(place.function).substr(0, kLongestShown)), columns);
  if (place.module.empty() && place.pc == 0) return "unknown code";
  return printable(unnamedPlace(place.module, place.pc));
}

Verdict withoutFailures(Verdict verdict, const std::string& why) {
  const auto failed = std::stable_partition(verdict.checks.begin(), verdict.checks.end(),
                                            [](const Check& check) { return check.passed(); });
  for (auto check = failed; check != verdict.checks.end(); ++check) {
    std::string note = why + ": " + check->program + (check->rule.empty() ? "" : ", " + check->rule) + ", " +
                       check->title + ": " + check->violations.front().message;
    if (check->violations.size() > 1) note += ", and " + formatCount(check->violations.size() - 1) + " more";
    verdict.notes.push_back(std::move(note));
  }
  verdict.checks.erase(failed, verdict.checks.end());
  return verdict;
}

std::string descriptionOf(std::string_view id) {
  if (id == "record") return "The record of a session is whole";
  constexpr std::string_view kGrowth = "-growth";
  const bool isGrowth = id.ends_with(kGrowth);
  if (isGrowth) id.remove_suffix(kGrowth.size());
  for (const MetricWord& word : kMetricWords)
    if (word.word == id)
      return std::string(isGrowth ? "Growth against the baseline: " : "Limit: ") + std::string(word.meaning);
  return std::string(id);
}

}  // namespace heaptap::analysis
