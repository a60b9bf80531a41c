// SPDX-License-Identifier: Apache-2.0
#include "export/subject.h"

#include <utility>

#include "export/report/heaps_text.h"

namespace heaptap::exporting {
namespace {

/// Those that are kept whole, some at most: each is as large as the session's own counts.
constexpr std::size_t kMostSnapshots = 16;

Result<std::vector<client::Profile>> snapshotsOf(client::ProfileSource& source, const std::string& session,
                                                 const v1::Summary& summary, const std::stop_token& stop) {
  std::vector<client::Profile> profiles;
  std::size_t number = 0;
  for (const v1::MarkReport& mark : summary.marks()) {
    if (!mark.snapshot()) continue;
    ++number;
    if (profiles.size() == kMostSnapshots) break;
    auto profile = source.profile(session, {.at = client::When::mark("#" + std::to_string(number))}, stop);
    if (!profile) return tl::unexpected(std::move(profile.error()));
    profiles.push_back(std::move(*profile));
  }
  return profiles;
}

}  // namespace

client::StackCosts Subject::costsOf(Cost which) const {
  if (heap.id() == 0) return {profile, wordsOf(which).counted};
  // A filter by heap alone cannot fail.
  return {profile, wordsOf(which).counted, *client::FilterMatch::of(profile, {.heap = heapId()})};
}

Result<Subject> subjectOf(client::ProfileSource& source, const SubjectQuery& query, const Needs& needs,
                          const std::stop_token& stop) {
  Subject subject{.title = query.session, .profile = {}, .cost = query.cost};
  if (needs.findings && query.when.isNow()) {
    // First, so that the profile has all stacks that they name.
    auto findings = source.findings(query.session, stop);
    if (!findings) return tl::unexpected(std::move(findings.error()));
    subject.findings = std::move(*findings);
  }
  auto profile = source.profile(query.session, query.when, stop);
  if (!profile) return tl::unexpected(std::move(profile.error()));
  subject.profile = std::move(*profile);
  if (query.cost == Cost::Leaked &&
      (subject.profile.instant || subject.summary().info().state() == v1::SESSION_LIVE))
    return failure(Code::Usage, "--cost leaked", "what is live before the process has ended is not leaked",
                   "use --cost live");
  if (query.cost == Cost::Peak && subject.profile.isStretch())
    return failure(Code::Usage, "--cost peak", "a stretch of time has no peak", "use --cost live");
  auto heap = findHeap(subject.summary(), query.heap);
  if (!heap) return tl::unexpected(std::move(heap.error()));
  subject.heap = std::move(*heap);
  subject.isHeapChosen = !query.heap.empty();
  if (needs.leaks) {
    subject.judge = analysis::LeakJudge(query.rules, subject.profile);
    subject.judge.askForHistories(source, query.session, stop);
  }
  if (needs.timeline) {
    auto timeline = source.timeline(query.session, stop);
    if (!timeline) return tl::unexpected(std::move(timeline.error()));
    subject.timeline = std::move(*timeline);
  }
  if (needs.snapshots && query.when.isNow()) {
    auto snapshots = snapshotsOf(source, query.session, subject.summary(), stop);
    if (!snapshots) return tl::unexpected(std::move(snapshots.error()));
    subject.snapshots = std::move(*snapshots);
  }
  return subject;
}

}  // namespace heaptap::exporting
