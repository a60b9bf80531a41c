// SPDX-License-Identifier: Apache-2.0
#include "cli/report/report_command.h"

#include <utility>

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/report/heaps_text.h"
#include "cli/report/report.h"

namespace heaptap::cli {
namespace {

Result<void> writeReport(Output& out, const ReportOptions& options) {
  auto opened = openSession(options.session, options.collector);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  // First, so that the profile has all stacks that they name.
  std::vector<v1::FindingReport> findings;
  if (options.snapshot.empty()) {
    auto found = opened->source->findings(opened->id);
    if (!found) return tl::unexpected(std::move(found.error()));
    findings = std::move(*found);
  }
  auto profile = opened->source->profile(opened->id, options.snapshot);
  if (!profile) return tl::unexpected(std::move(profile.error()));
  auto heap = options.snapshot.empty() ? findHeap(*profile->summary, options.heap) : v1::HeapReport();
  if (!heap) return tl::unexpected(std::move(heap.error()));
  const Report report{.options = options,
                      .files = opened->files,
                      .table = client::SiteTable(std::move(*profile)),
                      .findings = std::move(findings),
                      .heap = std::move(*heap)};
  if (report.profile().snapshot)
    options.json ? writeSnapshotJson(out, report) : writeSnapshotText(out, report);
  else
    options.json ? writeJson(out, report) : writeText(out, report);
  return out.finish();
}

}  // namespace

int reportCommand(const ReportOptions& options) {
  Output out;
  const Result<void> done = writeReport(out, options);
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
