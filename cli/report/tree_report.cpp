// SPDX-License-Identifier: Apache-2.0
#include "cli/report/tree_report.h"

#include <optional>
#include <utility>
#include <vector>

#include "analysis/leaks/tree_leaks.h"
#include "cli/block_filters.h"
#include "cli/report/source_files.h"
#include "cli/tree/opened_tree.h"
#include "client/tree/profile_merge.h"
#include "export/report/tree_report.h"
#include "proto/words/session_words.h"
#include "text/quantity.h"
#include "text/shell_word.h"

namespace heaptap::cli {
namespace {

using client::ProfileMerge;
using exporting::TreeNumbers;

/// The heap of this name in a session; empty: malloc's. None: the session has no such heap.
std::optional<model::HeapId> heapCalled(const std::string& name, const model::DefinitionsView& definitions) {
  if (name.empty() || name == "malloc") return model::kMallocHeap;
  for (std::size_t heap = 1; heap < definitions.heaps(); ++heap)
    if (definitions.heapName(static_cast<model::HeapId>(heap)) == name)
      return static_cast<model::HeapId>(heap);
  return std::nullopt;
}

/// Sessions of a tree, added up one after the other.
class TreeSum {
 public:
  TreeSum(const ReportOptions& options, const analysis::LeakRules& rules, const client::Filter& filter,
          OpenedTree& tree, const std::optional<OpenedTree::Times>& times)
      : m_options(options), m_rules(rules), m_filter(filter), m_tree(tree), m_times(times) {}

  /// Errors: Usage: the filter is wrong.
  Result<void> add(const client::TreeMember& member) {
    client::MemberTime time{.when = {}};
    if (m_times) {
      const auto when =
          client::timeOf(member, m_times->from ? &*m_times->from : nullptr, m_times->at, m_times->gone);
      if (!when) return {};
      time = *when;
    }
    if (m_options.blockFilters.isGiven()) {
      const auto chosen = choose(member, time.when);
      if (!chosen) return tl::unexpected(chosen.error());
      if (!*chosen) return {};
    }
    const auto profile = m_tree.profile(member, time.when);
    if (!profile) return {};
    const auto match = client::FilterMatch::of(*profile, m_filter);
    if (!match) return tl::unexpected(match.error());
    const ProfileMerge::Take take = takeOf(time);
    const ProfileMerge::Ids ids = m_merge.add(*profile, member.process, take);
    exporting::TreeSession session{.member = member,
                                   .name = m_tree.nameOf(member),
                                   .summary = *profile->summary,
                                   .numbers = {},
                                   .isOver = time.isOver};
    if (const auto heap = heapCalled(m_options.heap, profile->definitions)) {
      m_heap = ids.heaps[index(*heap)];
      session.numbers = numbersOf(*profile, *match, *heap, take);
      if (!m_times) judge(*profile, *match, *heap, ids, session);
    }
    if (m_sessions.empty()) m_head = *profile->summary;
    addNotes(session);
    m_sessions.push_back(std::move(session));
    return {};
  }

  Result<exporting::TreeReport> report() {
    if (m_options.blockFilters.isGiven() && !m_isChosen)
      return failure(Code::NotFound, "--thread " + m_options.blockFilters.thread,
                     "no session of the tree that is there then has a thread of this name or id",
                     "heaptap query SESSION --tree 'SELECT * FROM threads' lists them");
    if (!m_heap && !m_sessions.empty())
      return failure(Code::NotFound, "--heap " + m_options.heap,
                     "no session of the tree has a heap of this name",
                     "heaptap report SESSION lists those of one");
    // Of an instant there may be none that has begun.
    if (m_sessions.empty() && (!m_times || !m_tree.notes().empty()))
      return tl::unexpected(m_tree.noneAnswered());
    client::Profile profile = m_merge.profile(m_head);
    const auto match = client::FilterMatch::of(profile, m_filter);
    if (!match) return tl::unexpected(match.error());
    exporting::TreeReport report{
        .options = m_options,
        .title = m_options.session,
        .tree = m_tree.tree(),
        .sessions = std::move(m_sessions),
        .notes = m_tree.notes(),
        .table = client::SiteTable(std::move(profile), *match),
        .processesAt = [this](const client::SiteKey& site) { return m_merge.processesAt(site); }};
    report.hasPeaks = !m_options.blockFilters.isGiven();
    report.heap = m_heap.value_or(model::kMallocHeap);
    report.heapName = m_options.heap == "malloc" ? std::string() : m_options.heap;
    report.filter = wordsFor(m_options.filters);
    addWords(m_options.blockFilters, report.filter);
    if (m_times) {
      report.time = {.atNs = m_times->at.ns, .mark = m_times->at.mark, .gone = m_times->gone};
      if (m_times->from) report.time->fromNs = m_times->from->ns;
    } else {
      report.leaks = m_leaks.report(report.table, report.heap);
    }
    return report;
  }

 private:
  /// What the filters of single blocks say of the member. False: nothing of it passes. Errors: Usage.
  Result<bool> choose(const client::TreeMember& member, client::When& when) {
    const auto named = m_tree.profile(member, {});
    if (!named) return false;
    auto only = choiceOf(m_options.blockFilters, *named);
    if (!only && only.error().code == Code::NotFound) return false;  // Another one may have the thread.
    if (!only) return tl::unexpected(std::move(only.error()));
    m_isChosen = true;
    when.only = std::move(*only);
    if (!when.from && when.at.at_case() == v1::Instant::AT_NOT_SET)
      when.at = client::When::time(member.info.duration_ns());
    return true;
  }

  [[nodiscard]] ProfileMerge::Take takeOf(const client::MemberTime& time) const {
    if (!time.isOver) return ProfileMerge::Take::All;
    // What a process had at the beginning of a stretch is gone with it.
    return m_times->gone ? ProfileMerge::Take::OnlyLive : ProfileMerge::Take::WithoutLive;
  }

  [[nodiscard]] TreeNumbers numbersOf(const client::Profile& profile, const client::FilterMatch& match,
                                      model::HeapId heap, ProfileMerge::Take take) const {
    model::Estimates sums;
    for (std::size_t i = 0; i < profile.counts->pairs.size() && i < profile.definitions.pairs.size(); ++i) {
      const model::Pair& pair = profile.definitions.pairs[i];
      if (pair.heap == heap && match.passes(pair)) sums.add(pair, profile.counts->pairs[i]);
    }
    TreeNumbers numbers{.allocations = sums.allocated.blocks(),
                        .frees = sums.freed.blocks(),
                        .allocatedBytes = sums.allocated.bytes(),
                        .liveBlocks = sums.live.blocks(),
                        .liveBytes = sums.live.bytes(),
                        .peakBytes = sums.atPeak.bytes()};
    numbers.liveBytesVariance = sums.live.bytesError() * sums.live.bytesError();
    numbers.liveBlocksVariance = sums.live.blocksError() * sums.live.blocksError();
    if (!m_times && heap == model::kMallocHeap && !m_options.filters.isGiven() &&
        !m_options.blockFilters.isGiven()) {
      // Where allocations are sampled, these are counted all the same.
      numbers.allocations = profile.summary->allocations();
      numbers.frees = profile.summary->frees();
      numbers.allocatedBytes = profile.summary->allocated_bytes();
    }
    if (take == ProfileMerge::Take::OnlyLive) {
      numbers.allocations = numbers.liveBlocks;
      numbers.allocatedBytes = numbers.liveBytes;
      numbers.frees = 0;
    } else if (take == ProfileMerge::Take::WithoutLive) {
      numbers.frees = numbers.allocations;
      numbers.liveBlocks = numbers.liveBytes = 0;
      numbers.liveBytesVariance = numbers.liveBlocksVariance = 0;
    }
    return numbers;
  }

  void judge(const client::Profile& profile, const client::FilterMatch& match, model::HeapId heap,
             const ProfileMerge::Ids& ids, exporting::TreeSession& session) {
    const client::SiteTable table(profile, match);
    const analysis::LeakReport leaks = analysis::LeakJudge(m_rules, profile).leaks(table, heap);
    session.isLeaked = !leaks.isLive;
    if (leaks.isLive) return;
    session.numbers.leakedBlocks = leaks.leaked().blocks;
    session.numbers.leakedBytes = leaks.leaked().bytes;
    m_leaks.add(leaks, ids);
  }

  void addNotes(const exporting::TreeSession& session) {
    const std::string who = OpenedTree::wordsFor(session.member) + ": ";
    for (const std::string& note : session.summary.notes()) m_tree.note(who + note);
    if (session.summary.wrong_uses() != 0)
      m_tree.note(who + formatNumberOf(session.summary.wrong_uses(), "wrong use") +
                  " of the heap, which heaptap report " + shellWord(session.name) + " shows");
  }

  const ReportOptions& m_options;
  const analysis::LeakRules& m_rules;
  const client::Filter& m_filter;
  OpenedTree& m_tree;
  const std::optional<OpenedTree::Times>& m_times;
  ProfileMerge m_merge;
  analysis::TreeLeaks m_leaks;
  v1::Summary m_head;
  std::optional<model::HeapId> m_heap;
  bool m_isChosen = false;  ///< The filters of single blocks have meant something.
  std::vector<exporting::TreeSession> m_sessions;
};

}  // namespace

Result<void> writeTreeReport(Output& out, const ReportOptions& options) {
  const auto rules = readLeakRules(options.suppressions);
  if (!rules) return tl::unexpected(rules.error());
  const auto filter = filterOf(options.filters);
  if (!filter) return tl::unexpected(filter.error());
  Progress progress(options.display.isQuiet);
  auto tree = OpenedTree::open(options.session, options.collector, &progress);
  if (!tree) return tl::unexpected(std::move(tree.error()));
  const auto times = tree->timesOf(options.times);
  if (!times) return tl::unexpected(times.error());
  TreeSum sum(options, *rules, *filter, *tree, *times);
  const std::vector<client::TreeMember>& members = tree->tree().members;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members.size() > 1)
      progress.begin("reading session " + formatCount(i + 1) + " of " + formatCount(members.size()));
    if (auto added = sum.add(members[i]); !added) return added;
  }
  auto report = sum.report();
  if (!report) return tl::unexpected(std::move(report.error()));
  SourceFiles sources;
  report->source = [&sources](const client::StackLine& place) { return sources.line(place); };
  options.json ? exporting::writeTreeJson(out, *report) : exporting::writeTreeText(out, *report);
  return out.finish();
}

}  // namespace heaptap::cli
