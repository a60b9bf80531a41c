// SPDX-License-Identifier: Apache-2.0
#include "cli/report/report_command.h"

#include <filesystem>
#include <utility>

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/report/run_tree.h"
#include "cli/report/source_files.h"
#include "cli/report/tree_report.h"
#include "cli/session_source.h"
#include "export/report/heaps_text.h"
#include "export/report/report.h"

namespace heaptap::cli {
namespace {

using exporting::findHeap;
using exporting::Report;

Result<void> writeReport(Output& out, const ReportOptions& options) {
  const auto rules = readLeakRules(options.suppressions);
  if (!rules) return tl::unexpected(rules.error());
  Progress progress(options.display.isQuiet);
  auto opened = openSession(options.session, options.collector, &progress);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  TimeOptions times = options.times;
  if ((options.filters.isGiven() || options.blockFilters.isGiven()) && !times.isGiven()) times.at = "end";
  auto when = whenOf(times, *opened->source, opened->id);
  if (!when) return tl::unexpected(when.error());
  if (options.blockFilters.isGiven()) {
    auto only = opened->source->profile(opened->id).and_then([&](const client::Profile& named) {
      return choiceOf(options.blockFilters, named);
    });
    if (!only) return tl::unexpected(std::move(only.error()));
    when->only = std::move(*only);
  }
  const auto filter = filterOf(options.filters);
  if (!filter) return tl::unexpected(filter.error());
  // First, so that the profile has all stacks that they name.
  std::vector<v1::FindingReport> findings;
  if (when->isNow()) {
    auto found = opened->source->findings(opened->id);
    if (!found) return tl::unexpected(std::move(found.error()));
    findings = std::move(*found);
  }
  if (!when->isNow()) progress.begin("counting events");
  auto profile = opened->source->profile(opened->id, *when);
  if (!profile) return tl::unexpected(std::move(profile.error()));
  auto heap = findHeap(*profile->summary, options.heap);
  if (!heap) return tl::unexpected(std::move(heap.error()));
  const auto match = client::FilterMatch::of(*profile, *filter);
  if (!match) return tl::unexpected(match.error());
  std::string others;
  if (opened->files != nullptr && !profile->instant)
    others = runTreeText(*opened->files, *profile->summary, std::filesystem::path(options.session));
  Report report{.options = options,
                .title = options.session,
                .otherSessions = std::move(others),
                .table = client::SiteTable(std::move(*profile), *match),
                .findings = std::move(findings),
                .heap = std::move(*heap),
                .filter = wordsFor(options.filters),
                .ofLifetimes = !options.blockFilters.lifetime.empty()};
  addWords(options.blockFilters, report.filter);
  SourceFiles sources;
  if (!report.profile().instant) {
    analysis::LeakJudge judge(*rules, report.profile());
    judge.askForHistories(*opened->source, opened->id);
    progress.begin("looking at how leaks came to be");
    report.leaks = judge.judged(report.table, report.heapId());
    report.source = [&sources](const client::StackLine& place) { return sources.line(place); };
  }
  if (report.profile().instant)
    options.json ? exporting::writeInstantJson(out, report) : exporting::writeInstantText(out, report);
  else
    options.json ? exporting::writeJson(out, report) : exporting::writeText(out, report);
  return out.finish();
}

}  // namespace

int reportCommand(const ReportOptions& given) {
  ReportOptions options = given;
  options.paint = options.json ? Paint() : options.display.paint();
  Output out(options.json ? nullptr : options.display.pager());
  const Result<void> done = options.tree ? writeTreeReport(out, options) : writeReport(out, options);
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
