// SPDX-License-Identifier: Apache-2.0
#include "cli/threads/threads_command.h"

#include <algorithm>
#include <utility>

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/session_source.h"
#include "cli/threads/thread_listing.h"
#include "client/thread_matrix_reader.h"
#include "export/report/heaps_text.h"

namespace heaptap::cli {
namespace {

/// A group for each of the sites, and one for all other pairs that pass.
std::vector<std::vector<model::PairId>> groupsOf(const client::SiteTable& table,
                                                 const std::vector<std::uint32_t>& sites) {
  std::vector<std::vector<model::PairId>> groups;
  std::vector<bool> isShown(table.size(), false);
  for (const std::uint32_t site : sites) {
    isShown[site] = true;
    groups.emplace_back(table.pairs(site).begin(), table.pairs(site).end());
  }
  std::vector<model::PairId>& rest = groups.emplace_back();
  for (std::uint32_t site = 0; site < table.size(); ++site)
    if (!isShown[site]) rest.insert(rest.end(), table.pairs(site).begin(), table.pairs(site).end());
  return groups;
}

/// The interval in times: marks and the peak are where their times are.
model::ThreadMatrixQuery queryFor(const ThreadsOptions& options, const client::Profile& profile) {
  model::ThreadMatrixQuery query;
  if (!profile.instant || !profile.instant->has_from()) return query;
  if (!options.times.from.empty()) query.afterNs = profile.instant->from().at_ns();
  if (!options.times.to.empty()) query.untilNs = profile.instant->at_ns();
  return query;
}

/// Whom `--thread` names. Then only what they have allocated counts, also for the choice of call sites.
Result<std::vector<model::ThreadIndex>> chosenThreads(const ThreadsOptions& options,
                                                      const OpenedSession& opened) {
  if (options.blockFilters.thread.empty()) return std::vector<model::ThreadIndex>();
  return opened.source->profile(opened.id).and_then(
      [&](const client::Profile& named) { return threadsCalled(options.blockFilters.thread, named); });
}

Result<ThreadListing> listingOf(const ThreadsOptions& options, const OpenedSession& opened,
                                Progress& progress) {
  auto when = whenOf(options.times, *opened.source, opened.id);
  if (!when) return tl::unexpected(when.error());
  const auto threads = chosenThreads(options, opened);
  if (!threads) return tl::unexpected(threads.error());
  when->only.threads = *threads;
  auto filter = filterOf(options.filters);
  if (!filter) return tl::unexpected(filter.error());
  if (!when->isNow()) progress.begin("counting events");
  auto profile = opened.source->profile(opened.id, *when);
  if (!profile) return tl::unexpected(std::move(profile.error()));
  const auto heap = exporting::findHeap(*profile->summary, options.heap);
  if (!heap) return tl::unexpected(heap.error());
  // Nothing is added up across heaps: a mapping may hold the blocks of another.
  filter->heap = static_cast<model::HeapId>(heap->id());
  const auto match = client::FilterMatch::of(*profile, *filter);
  if (!match) return tl::unexpected(match.error());

  client::SiteTable table(std::move(*profile), *match);
  auto sites = table.select({.order = client::SiteOrder::AllocatedBytes, .limit = options.top}).sites;
  if (options.top == 0) sites.clear();
  model::ThreadMatrixQuery query = queryFor(options, table.profile());
  query.groups = groupsOf(table, sites);
  query.threads = *threads;
  progress.begin("looking at events");
  auto matrix = opened.source->threadMatrix(opened.id, query, [&](double share) { progress.reach(share); });
  if (!matrix) return tl::unexpected(std::move(matrix.error()));
  if (auto checked = client::checkNames(table.profile(), *matrix); !checked)
    return tl::unexpected(std::move(checked.error()));
  std::string words = wordsFor(options.filters);
  addWords(options.blockFilters, words);
  if (!options.heap.empty()) words += (words.empty() ? "heap " : ", heap ") + options.heap;
  return ThreadListing{.title = options.session,
                       .filter = std::move(words),
                       .table = std::move(table),
                       .sites = std::move(sites),
                       .matrix = std::move(*matrix),
                       .byBlocks = options.byBlocks};
}

}  // namespace

int threadsCommand(const ThreadsOptions& options) {
  const bool isForPrograms = options.json || options.csv;
  Output out(isForPrograms ? nullptr : options.display.pager());
  Progress progress(options.display.isQuiet);
  const Result<void> done =
      openSession(options.session, options.collector, &progress)
          .and_then([&](const OpenedSession& opened) { return listingOf(options, opened, progress); })
          .and_then([&](const ThreadListing& listing) {
            const exporting::NameStyle style{
                .full = options.fullNames, .allFrames = false, .paint = options.display.paint()};
            if (options.json)
              writeThreadsJson(out, listing);
            else if (options.csv)
              writeThreadsCsv(out, listing);
            else
              writeThreads(out, listing, style);
            return out.finish();
          });
  if (done) return kExitOk;
  printError(done.error());
  return exitCodeFor(done.error().code);
}

}  // namespace heaptap::cli
