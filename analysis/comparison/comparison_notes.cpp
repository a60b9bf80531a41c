// SPDX-License-Identifier: Apache-2.0
#include "analysis/comparison/comparison_notes.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "analysis/program_name.h"
#include "text/quantity.h"

namespace heaptap::analysis {
namespace {

using Runs = std::vector<ComparedRun>;

std::set<std::string> programsOf(const Runs& runs) {
  std::set<std::string> programs;
  for (const ComparedRun& run : runs) programs.insert(programOf(*run.profile.summary));
  return programs;
}

std::string listed(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// How the allocations of the runs were recorded: intervals, 0 for all of them.
std::set<std::uint64_t> intervalsOf(const Runs& runs) {
  std::set<std::uint64_t> intervals;
  for (const ComparedRun& run : runs)
    intervals.insert(run.profile.isSampled() ? run.profile.summary->sampling().interval() : 0);
  return intervals;
}

bool hasCommonCode(const CommonStacks& stacks, const Presence& seen) {
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const CommonStacks::Function& function = stacks.functions()[i];
    const bool isAnyPrograms = function.name.empty() || function.name == "main" || function.name == "_start";
    if (function.isProgram && !isAnyPrograms && seen[i] == (kBefore | kAfter)) return true;
  }
  return false;
}

bool hasCode(const CommonStacks& stacks, const Presence& seen, std::uint8_t side) {
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const CommonStacks::Function& function = stacks.functions()[i];
    if (function.isProgram && !function.name.empty() && function.name != "main" && (seen[i] & side) != 0)
      return true;
  }
  return false;
}

void addLosses(const ComparedRun& run, std::vector<std::string>& notes) {
  const v1::Summary& summary = *run.profile.summary;
  if (summary.info().state() == v1::SESSION_CUT_SHORT)
    notes.push_back(run.name + ": the record was cut short; its numbers are those up to there");
  if (summary.info().state() == v1::SESSION_RECORDED_ELSEWHERE)
    notes.push_back(run.name + ": still being recorded; its numbers are those that were stored by now");
  if (summary.info().state() == v1::SESSION_LIVE && !run.profile.instant)
    notes.push_back(run.name + ": still being recorded; its numbers are those of this moment");
  if (const std::uint64_t dropped = summary.dropped_allocations() + summary.dropped_frees(); dropped != 0)
    notes.push_back(run.name + ": " + formatNumberOf(dropped, "event") +
                    " were dropped; its numbers lack them (run --exact drops none)");
}

}  // namespace

std::vector<std::string> comparisonNotes(const Runs& before, const Runs& after, const CommonStacks& stacks,
                                         const Presence& functionsSeen, bool hasSimilar) {
  std::vector<std::string> notes;
  const auto programsBefore = programsOf(before);
  const auto programsAfter = programsOf(after);
  if (programsBefore != programsAfter)
    notes.push_back("the programs have different names: " + listed(programsBefore) + " before, " +
                    listed(programsAfter) + " after");
  if (!hasSimilar && !hasCommonCode(stacks, functionsSeen) && hasCode(stacks, functionsSeen, kBefore) &&
      hasCode(stacks, functionsSeen, kAfter))
    notes.push_back(
        "the two sides have no function of the program in common: other programs, or one without symbols");
  const auto intervalsBefore = intervalsOf(before);
  const auto intervalsAfter = intervalsOf(after);
  const auto isExact = [](const std::set<std::uint64_t>& intervals) {
    return intervals == std::set<std::uint64_t>{0};
  };
  if (isExact(intervalsBefore) != isExact(intervalsAfter))
    notes.push_back(
        "one side is sampled and the other exact: a difference within twice the standard error is noise");
  else if (intervalsBefore != intervalsAfter)
    notes.push_back("the sides are sampled at different intervals: the estimates are not equally sure");
  for (const ComparedRun& run : before) addLosses(run, notes);
  for (const ComparedRun& run : after) addLosses(run, notes);
  return notes;
}

}  // namespace heaptap::analysis
