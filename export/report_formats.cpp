// SPDX-License-Identifier: Apache-2.0
#include "export/report_formats.h"

#include "export/report/report.h"

namespace heaptap::exporting {
namespace {

const ReportShape kUsual;

Report reportOf(const Subject& subject) {
  Report report{.options = kUsual,
                .title = subject.title,
                .otherSessions = {},
                .table = client::SiteTable(subject.profile),
                .findings = subject.findings,
                .heap = subject.heap};
  if (!subject.profile.instant) report.leaks = subject.judge.judged(report.table, report.heapId());
  return report;
}

}  // namespace

void writeTextReport(const Subject& subject, Sink& sink) {
  const Report report = reportOf(subject);
  subject.profile.instant ? writeInstantText(sink, report) : writeText(sink, report);
}

void writeJsonReport(const Subject& subject, Sink& sink) {
  const Report report = reportOf(subject);
  subject.profile.instant ? writeInstantJson(sink, report) : writeJson(sink, report);
}

}  // namespace heaptap::exporting
