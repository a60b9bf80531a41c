// SPDX-License-Identifier: Apache-2.0
#include "cli/diff/diff_text.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "analysis/comparison/change_words.h"
#include "export/comparison/summary_changes.h"
#include "export/report/folded_stack.h"
#include "export/report/layout.h"
#include "export/report/stack_text.h"
#include "text/function_name.h"
#include "text/printable.h"
#include "text/quantity.h"
#include "text/utf8.h"

namespace heaptap::cli {

namespace {

using analysis::Change;
using analysis::quantity;
using analysis::signedQuantity;
using exporting::heading;
using exporting::kLabelColumns;
using exporting::kReportColumns;
using exporting::stackText;

constexpr std::size_t kTopFunctions = 10;
constexpr std::size_t kTopSites = 10;
constexpr std::size_t kNumber = 13;

/// ` (+12.5 %)`
std::string relative(const Change& change) {
  const std::string share = analysis::relativeChange(change);
  return share.empty() ? "" : " (" + share + ")";
}

std::string noiseOf(const Change& change, bool isBytes) {
  if (change.noise == 0) return {};
  return (change.isNoise() ? "   noise, within ±" : "   ±") + quantity(change.noise, isBytes);
}

std::string overviewText(const Diff& diff) {
  std::string text = "  " + padded("", kLabelColumns) + paddedLeft("before", kNumber) +
                     paddedLeft("after", kNumber) + "   change\n";
  for (const exporting::SummaryChange& line :
       exporting::summaryChanges(diff.compared.before, diff.compared.after))
    text += "  " + padded(line.label, kLabelColumns) +
            paddedLeft(quantity(line.change.before, line.isBytes), kNumber) +
            paddedLeft(quantity(line.change.after, line.isBytes), kNumber) + "   " +
            signedQuantity(line.change, line.isBytes) + relative(line.change) +
            noiseOf(line.change, line.isBytes) + "\n";
  return text;
}

std::string sideText(const char* label, const std::vector<analysis::ComparedRun>& runs) {
  std::string text;
  for (const analysis::ComparedRun& run : runs)
    text += "  " + padded(text.empty() ? label : "", kLabelColumns) + printable(run.name) + "\n";
  return text;
}

std::string functionsText(const Diff& diff) {
  const analysis::Comparison& comparison = diff.comparison;
  const bool isBytes = diff.cost.isBytes;
  std::string text = heading(
      "by function", std::string(diff.cost.meaning) + ", of the function itself and with all that it called",
      diff.paint);
  if (comparison.functions.empty()) return text + "  no function differs\n";
  text += "  " + paddedLeft("itself", kNumber) + paddedLeft("and callees", kNumber) +
          paddedLeft("before", kNumber) + paddedLeft("after", kNumber) + "\n";
  const std::size_t shown = diff.shown(comparison.functions.size(), kTopFunctions);
  constexpr std::size_t kUsed = 2 + 4 * kNumber + 2;
  for (std::size_t i = 0; i < shown; ++i) {
    const analysis::FunctionChange& row = comparison.functions[i];
    const auto& function = comparison.stacks.functions()[row.function];
    std::string name = function.name.empty() ? "(no name)" : printable(function.name);
    if (row.function == analysis::CommonStacks::kNoFunction) name = "(no stack)";
    const std::string module = function.module.empty() ? "" : " (" + printable(function.module) + ")";
    const std::string noise = row.self.isNoise() ? " [noise]" : "";
    const std::size_t columns =
        kReportColumns - kUsed - std::min(width(module) + width(noise), std::size_t{26});
    text += "  " + paddedLeft(signedQuantity(row.self, isBytes), kNumber) +
            paddedLeft(signedQuantity(row.total, isBytes), kNumber) +
            paddedLeft(quantity(row.total.before, isBytes), kNumber) +
            paddedLeft(quantity(row.total.after, isBytes), kNumber) + "  " +
            shortFunctionName(name, diff.options.fullNames ? 0 : columns) + module + noise + "\n";
  }
  if (shown < comparison.functions.size())
    text += "  … " + formatCount(comparison.functions.size() - shown) + " more (--top 0 shows all)\n";
  return text;
}

/// Folds stacks of any of the runs, as reports do: each run has stacks of its own.
class RunStacks {
 public:
  explicit RunStacks(const Diff& diff)
      : m_diff(diff),
        m_style{.full = diff.options.fullNames, .allFrames = diff.options.allFrames, .paint = diff.paint} {}

  /// `label`: what later stacks call this one, where they have callers in common.
  std::string text(const analysis::Example& example, const std::string& label) {
    const auto [folder, isNew] =
        m_folders.try_emplace(example.run, m_diff.compared.run(example.run).profile, m_style);
    return stackText(folder->second.fold(example.stack, label).lines, m_style, 6);
  }

 private:
  const Diff& m_diff;
  exporting::NameStyle m_style;
  std::map<std::size_t, exporting::StackFolder> m_folders;  ///< By run.
};

std::string siteText(const Diff& diff, RunStacks& stacks, std::size_t number,
                     const analysis::SiteChange& site) {
  const bool isBytes = diff.cost.isBytes;
  const Change& change = site.change;
  const Tone tone = change.isNoise() ? Tone::Plain : change.grew() ? Tone::Bad : Tone::Good;
  const std::string label = "#" + std::to_string(number);
  std::string text = diff.paint(tone, "  " + label + "  " + signedQuantity(change, isBytes)) +
                     relative(change) + "  from " + quantity(change.before, isBytes) + " to " +
                     quantity(change.after, isBytes) + noiseOf(change, isBytes);
  const std::string_view verdict = analysis::verdictOn(site);
  if (verdict == "new" || verdict == "gone") text += "  [" + std::string(verdict) + "]";
  if (site.match == analysis::SiteMatch::Similar) text += "  [similar stacks]";
  text += "\n";
  const auto& example = site.after ? site.after : site.before;
  return example ? text + stacks.text(*example, label) : text;
}

std::string sitesText(const Diff& diff) {
  const analysis::Comparison& comparison = diff.comparison;
  std::string text = heading("by site", std::string(diff.cost.meaning), diff.paint);
  if (comparison.sites.empty()) text += "  no site differs\n";
  const std::size_t shown = diff.shown(comparison.sites.size(), kTopSites);
  RunStacks stacks(diff);
  for (std::size_t i = 0; i < shown; ++i)
    text += (i == 0 ? "" : "\n") + siteText(diff, stacks, i + 1, comparison.sites[i]);
  if (shown < comparison.sites.size())
    text +=
        "\n  … " + formatNumberOf(comparison.sites.size() - shown, "more site") + " (--top 0 shows all)\n";
  if (comparison.sameSites != 0)
    text += "\n  " + formatNumberOf(comparison.sameSites, "site") + " without a difference\n";
  return text;
}

}  // namespace

void writeDiffText(exporting::Sink& out, const Diff& diff) {
  out.write(sideText("before", diff.compared.before) + sideText("after", diff.compared.after) + "\n" +
            overviewText(diff));
  out.write("\n" +
            exporting::wrapped(analysis::headlineOf(diff.comparison, diff.cost.meaning, diff.cost.isBytes),
                               "  ", "  "));
  for (const std::string& note : diff.comparison.notes)
    out.write("\n  " + padded("note", kLabelColumns) + printable(note) + "\n");
  if (diff.options.rows != DiffRows::Sites) out.write(functionsText(diff));
  if (diff.options.rows != DiffRows::Functions) out.write(sitesText(diff));
}

}  // namespace heaptap::cli
