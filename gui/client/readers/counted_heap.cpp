// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/counted_heap.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "client/instant_words.h"
#include "gui/client/readers/when_of.h"

namespace heaptap::gui {
namespace {

using Of = FilterTerm::Of;

Result<model::BlockChoice> choiceOf(client::ProfileSource& source, const std::string& session,
                                    const SiteFilter& counts, const std::stop_token& stop) {
  model::BlockChoice choice;
  const auto lifetimes = lifetimesThatPass(counts);
  if (!lifetimes) return tl::unexpected(lifetimes.error());
  choice.minLifetimeNs = lifetimes->least;
  choice.maxLifetimeNs = lifetimes->most;
  if (counts.termsOf(Of::Thread).empty()) return choice;
  const auto profile = source.profile(session, {}, stop);
  if (!profile) return tl::unexpected(profile.error());
  auto threads = threadsThatPass(*profile, counts);
  if (!threads) return tl::unexpected(std::move(threads.error()));
  choice.threads = std::move(*threads);
  return choice;
}

/// The same profile, in which pairs of other sizes have counted nothing.
client::Profile ofSizes(client::Profile profile, const SiteFilter& counts) {
  if (counts.termsOf(Of::Size).empty()) return profile;
  auto kept = std::make_shared<model::Counts>(*profile.counts);
  const auto isKept = [&](model::PairId pair) {
    return counts.passesSize(profile.definitions.pair(pair).size);
  };
  for (std::size_t i = 0; i < kept->pairs.size(); ++i)
    if (!isKept(static_cast<model::PairId>(i))) kept->pairs[i] = {};
  std::erase_if(kept->freeSites, [&](const model::FreeSites::Entry& entry) { return !isKept(entry.pair); });
  profile.counts = std::move(kept);
  return profile;
}

}  // namespace

Result<std::vector<model::ThreadIndex>> threadsThatPass(const client::Profile& profile,
                                                        const SiteFilter& filter) {
  const std::vector<FilterTerm> terms = filter.termsOf(Of::Thread);
  std::vector<model::ThreadIndex> threads;
  if (terms.empty()) return threads;
  const std::vector<std::string_view> names = profile.definitions.threadNames();
  const auto isCalled = [&](std::size_t thread, const FilterTerm& term) {
    const std::string name = term.text.toStdString();
    return names[thread] == name || std::to_string(profile.definitions.threads[thread].tid) == name;
  };
  std::vector<bool> isFound(terms.size(), false);
  for (std::size_t thread = 0; thread < names.size(); ++thread) {
    bool passes = true;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const bool isIt = isCalled(thread, terms[i]);
      if (isIt) isFound[i] = true;
      passes = passes && isIt != terms[i].isNot;
    }
    if (passes) threads.push_back(static_cast<model::ThreadIndex>(thread));
  }
  for (std::size_t i = 0; i < terms.size(); ++i)
    if (!isFound[i])
      return failure(Code::NotFound, "thread " + terms[i].text.toStdString(),
                     "the session has no thread of this name or id", "the view Threads lists them");
  if (threads.empty())
    return failure(Code::NotFound, "the filter", "no thread passes all of its terms",
                   "remove one that is about threads");
  return threads;
}

Result<LifetimeRange> lifetimesThatPass(const SiteFilter& filter) {
  LifetimeRange range;
  for (const FilterTerm& term : filter.termsOf(Of::Lifetime)) {
    std::uint64_t least = term.least;
    std::uint64_t most = term.most;
    if (term.isNot) {
      const bool isOpen = term.least == 0 || term.most == FilterTerm::kNoLimit;
      if (!isOpen)
        return failure(Code::Usage, "the filter", "lifetimes outside of a range are two ranges",
                       "give them one after the other: shorter than, or longer than");
      least = term.least == 0 ? term.most + 1 : 0;
      most = term.least == 0 ? FilterTerm::kNoLimit : term.least - 1;
    }
    range.least = std::max<std::uint64_t>(range.least, least);
    range.most = std::min<std::uint64_t>(range.most, most);
  }
  if (range.least > range.most)
    return failure(Code::Usage, "the filter", "no lifetime passes all of its terms",
                   "remove one that is about lifetimes");
  return range;
}

Result<CountedHeap> readHeap(client::ProfileSource& source, const std::string& session, const HeapWish& wish,
                             SiteSeries& series, const std::stop_token& stop) {
  client::When when = whenOf(wish.time);
  auto choice = choiceOf(source, session, wish.counts, stop);
  if (!choice) return tl::unexpected(std::move(choice.error()));
  when.only = std::move(*choice);
  CountedHeap heap;
  if (wish.time.isSince()) {
    // Before the later one, so that each site has its row already: sites never go away.
    client::When then{.at = client::When::time(*wish.time.fromNs)};
    then.only = when.only;
    auto earlier = source.profile(session, then, stop);
    if (!earlier) return tl::unexpected(std::move(earlier.error()));
    heap.earlier = series.next(ofSizes(std::move(*earlier), wish.counts));
  }
  auto profile = source.profile(session, when, stop);
  if (!profile) return tl::unexpected(std::move(profile.error()));
  if (!wish.time.isNow() && profile->instant)
    heap.words = QString::fromStdString(client::titleFor(*profile->instant));
  heap.sites = series.next(ofSizes(std::move(*profile), wish.counts));
  return heap;
}

}  // namespace heaptap::gui
