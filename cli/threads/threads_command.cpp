// SPDX-License-Identifier: Apache-2.0
#include "cli/threads/threads_command.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "cli/exit_code.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/session_source.h"
#include "cli/threads/thread_listing.h"
#include "client/instant_words.h"
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

/// The interval in times: marks and the peak are where their times are. What is counted at its ends need not
/// be known: the events before it may not be stored any more.
Result<model::ThreadMatrixQuery> queryFor(const client::When& when, const ThreadsOptions& options,
                                          const client::Profile& profile) {
  model::ThreadMatrixQuery query{.countsPairs = true};
  if (!options.times.from.empty() && when.from) {
    const auto ns = client::timeOf(*when.from, *profile.summary);
    if (!ns) return tl::unexpected(ns.error());
    query.afterNs = *ns;
  }
  if (!options.times.to.empty() && when.at.at_case() != v1::Instant::AT_NOT_SET) {
    const auto ns = client::timeOf(when.at, *profile.summary);
    if (!ns) return tl::unexpected(ns.error());
    query.untilNs = *ns;
  }
  // Then only what they have allocated counts, also for the choice of call sites.
  return threadsCalled(options.blockFilters.thread, profile)
      .map([&](std::vector<model::ThreadIndex> threads) {
        query.threads = std::move(threads);
        return std::move(query);
      });
}

/// The session, with the allocations of the matrix instead of all.
client::Profile withCountsOf(client::Profile profile, const model::ThreadMatrix& matrix) {
  auto counts = std::make_shared<model::Counts>();
  // As many as before, so that call sites stay where they are.
  counts->pairs.resize(profile.counts->pairs.size());
  for (const model::PairAllocations& pair : *matrix.pairs)
    if (index(pair.pair) < counts->pairs.size())
      counts->pairs[index(pair.pair)].allocations = pair.allocations;
  profile.counts = std::move(counts);
  return profile;
}

/// The call sites that have allocated most, and who has freed their blocks.
class Choice {
 public:
  Choice(const OpenedSession& opened, model::ThreadMatrixQuery query, std::uint64_t top,
         client::FilterMatch match, Progress& progress)
      : m_opened(opened),
        m_query(std::move(query)),
        m_top(top),
        m_match(std::move(match)),
        m_progress(progress) {}

  struct Chosen {
    client::SiteTable table;
    std::vector<std::uint32_t> sites;
    model::ThreadMatrix matrix;
  };
  /// `guess`: the session at an instant or in an interval that is like the one that is asked about. Whether
  /// others have allocated more in that, the events tell: then they are looked at once more.
  Result<Chosen> from(client::Profile guess) {
    client::SiteTable table(std::move(guess), m_match);
    std::vector<std::uint32_t> sites = mostAllocating(table);
    return matrixOf(table, sites).and_then([&](model::ThreadMatrix matrix) -> Result<Chosen> {
      // A collector that is too old to count: the guess is all there is.
      if (!matrix.pairs) return Chosen{std::move(table), std::move(sites), std::move(matrix)};
      client::SiteTable counted(withCountsOf(table.profile(), matrix), m_match);
      std::vector<std::uint32_t> right = mostAllocating(counted);
      if (right == sites) return Chosen{std::move(counted), std::move(sites), std::move(matrix)};
      return matrixOf(counted, right).map([&](model::ThreadMatrix again) {
        return Chosen{std::move(counted), std::move(right), std::move(again)};
      });
    });
  }

 private:
  [[nodiscard]] std::vector<std::uint32_t> mostAllocating(const client::SiteTable& table) const {
    if (m_top == 0) return {};
    return table.select({.order = client::SiteOrder::AllocatedBytes, .limit = m_top}).sites;
  }
  Result<model::ThreadMatrix> matrixOf(const client::SiteTable& table,
                                       const std::vector<std::uint32_t>& sites) {
    m_query.groups = groupsOf(table, sites);
    m_progress.begin("looking at events");
    return m_opened.source
        ->threadMatrix(m_opened.id, m_query, [this](double share) { m_progress.reach(share); })
        .and_then([&](model::ThreadMatrix matrix) {
          return client::checkNames(table.profile(), matrix).map([&] { return std::move(matrix); });
        });
  }

  const OpenedSession& m_opened;
  model::ThreadMatrixQuery m_query;
  std::uint64_t m_top;
  client::FilterMatch m_match;
  Progress& m_progress;
};

Result<ThreadListing> listingOf(const ThreadsOptions& options, const OpenedSession& opened,
                                Progress& progress) {
  auto when = whenOf(options.times, *opened.source, opened.id);
  if (!when) return tl::unexpected(when.error());
  auto filter = filterOf(options.filters);
  if (!filter) return tl::unexpected(filter.error());
  auto profile = opened.source->profile(opened.id);
  if (!profile) return tl::unexpected(std::move(profile.error()));
  auto query = queryFor(*when, options, *profile);
  if (!query) return tl::unexpected(std::move(query.error()));
  const auto heap = exporting::findHeap(*profile->summary, options.heap);
  if (!heap) return tl::unexpected(heap.error());
  // Nothing is added up across heaps: a mapping may hold the blocks of another.
  filter->heap = static_cast<model::HeapId>(heap->id());
  const auto match = client::FilterMatch::of(*profile, *filter);
  if (!match) return tl::unexpected(match.error());

  const std::uint64_t askedNs = query->afterNs.value_or(0);
  auto chosen = Choice(opened, std::move(*query), options.top, *match, progress).from(std::move(*profile));
  if (!chosen) return tl::unexpected(std::move(chosen.error()));
  std::string words = wordsFor(options.filters);
  addWords(options.blockFilters, words);
  if (!options.heap.empty()) words += (words.empty() ? "heap " : ", heap ") + options.heap;
  return ThreadListing{.title = options.session,
                       .filter = std::move(words),
                       .table = std::move(chosen->table),
                       .sites = std::move(chosen->sites),
                       .matrix = std::move(chosen->matrix),
                       .askedNs = askedNs,
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
