// SPDX-License-Identifier: Apache-2.0
#include "collector/service/instant_view.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "collector/replay/block_page.h"
#include "collector/replay/chosen_blocks.h"
#include "collector/replay/counts_replay.h"
#include "collector/replay/named_mark.h"
#include "collector/replay/stretch.h"
#include "collector/service/eventless.h"

namespace heaptap::service {
namespace {

/// One session's file, opened to look at an instant.
class Past {
 public:
  static Result<std::unique_ptr<Past>> of(const query::SharedView& view, const IsStopped& isStopped) {
    if (view->custody.file.empty())
      return failure(Code::NotFound, view->identity.id.hex(), "the session has no file");
    return store::SessionReader::open(view->custody.file).and_then([&](store::SessionReader reader) {
      auto past = std::make_unique<Past>(view, std::move(reader), isStopped);
      // All that is read is of one moment.
      return past->m_reader.freeze().map([&] { return std::move(past); });
    });
  }
  Past(query::SharedView view, store::SessionReader reader, const IsStopped& isStopped)
      : m_view(std::move(view)),
        m_reader(std::move(reader)),
        m_events(m_reader, m_view->definitions, m_view->identity.timeUnitNs, isStopped) {}

  [[nodiscard]] replay::StoredEvents& events() { return m_events; }

  Result<replay::Instant> at(const v1::Instant& instant, store::Asked asked = store::Asked::Counts) {
    return targetOf(instant)
        .and_then([&](const replay::Target& target) { return replay::instantAt(m_events, target, asked); })
        .map_error([this](const Error& error) { return explained(error); });
  }

  /// Where there never were events, no other instant among them can be asked for.
  [[nodiscard]] Error explained(const Error& error) const {
    const auto eventless = error.code == Code::NotFound ? eventlessError(*m_view) : std::nullopt;
    return eventless.value_or(error);
  }

  /// `instant`: as it was asked for; `found`: what it is.
  [[nodiscard]] v1::InstantReport reportOf(const v1::Instant& instant, const replay::Instant& found) const {
    const model::Totals& totals = found.counters.counts.totals;
    v1::InstantReport report;
    // Blocks that are left at the end are as old as they were then, not as at the last event.
    report.set_at_ns(std::max(totals.lastEventNs, m_view->ending ? m_view->ending->endedNs : 0));
    if (instant.has_time_ns()) report.set_at_ns(instant.time_ns());
    if (instant.peak()) report.set_at_ns(m_view->counts.totals.peakAtNs);
    report.set_peak(instant.peak());
    if (instant.has_mark()) {
      if (const auto position = replay::markCalled(m_view->history.marks, instant.mark())) {
        const model::Mark& mark = m_view->history.marks[*position];
        report.set_mark(mark.name);
        report.set_snapshot(mark.snapshot == model::Mark::Snapshot::Kept);
        report.set_at_ns(mark.atNs);
      }
    }
    report.set_live_bytes(totals.liveBytes);
    report.set_live_blocks(model::estimatedLiveBlocks(m_view->identity, totals));
    report.set_allocations(model::estimatedAllocations(m_view->identity, totals));
    report.set_frees(report.allocations() - std::min(report.allocations(), report.live_blocks()));
    if (m_view->identity.sampleInterval != 0)
      report.set_live_bytes_error(std::sqrt(totals.estimate.liveVariance));
    return report;
  }

  /// The session with numbers of another time.
  [[nodiscard]] query::SharedView viewWith(model::Counts counts,
                                           const model::LifetimeHistogram& lifetimes) const {
    auto then = std::make_shared<query::SessionView>(*m_view);
    then->counts = std::move(counts);
    then->history.lifetimes = lifetimes;
    then->relay.exact.reset();  // That is of now.
    return then;
  }

 private:
  Result<replay::Target> targetOf(const v1::Instant& instant) {
    const model::Totals& totals = m_view->counts.totals;
    switch (instant.at_case()) {
      case v1::Instant::kTimeNs: return replay::AtTime{instant.time_ns()};
      case v1::Instant::kPeak:
        if (totals.peakBytes == 0) return replay::AtTime{0};
        return replay::AtPeak{.bytes = totals.peakBytes, .ns = totals.peakAtNs};
      case v1::Instant::kMark:
        return replay::markCalled(m_view->history.marks, instant.mark())
            .map([&](std::size_t position) -> replay::Target {
              return replay::AtMark{.mark = m_view->history.marks[position], .position = position};
            });
      case v1::Instant::AT_NOT_SET: break;
    }
    return replay::AtTime{totals.lastEventNs};
  }

  query::SharedView m_view;
  store::SessionReader m_reader;
  replay::StoredEvents m_events;
};

model::LifetimeHistogram between(const model::LifetimeHistogram& before,
                                 const model::LifetimeHistogram& after) {
  model::LifetimeHistogram frees{};
  for (std::size_t i = 0; i < frees.size(); ++i) frees[i] = after[i] - std::min(before[i], after[i]);
  return frees;
}

/// With numbers of the chosen blocks only.
Result<InstantView> chosenOf(Past& past, const InstantQuery& query) {
  std::optional<replay::Instant> from;
  if (query.from) {
    auto found = past.at(*query.from);
    if (!found) return tl::unexpected(std::move(found.error()));
    from = std::move(*found);
  }
  return past.at(query.at).and_then([&](const replay::Instant& to) {
    v1::InstantReport report = past.reportOf(query.at, to);
    report.set_gone(query.gone);
    if (from) *report.mutable_from() = past.reportOf(*query.from, *from);
    const replay::ChosenBlocks chosen{
        .from = from ? std::optional(from->place) : std::nullopt,
        .to = to.place,
        .toNs = report.at_ns(),
        .which = query.gone && from ? replay::OfStretch::Gone : replay::OfStretch::Grown,
        .choice = query.only};
    return replay::countsOfChosen(past.events(), chosen).map([&](replay::ChosenCounts found) {
      return InstantView{.view = past.viewWith(std::move(found.counts), found.lifetimes),
                         .report = std::move(report)};
    });
  });
}

Result<InstantView> stretchOf(Past& past, const InstantQuery& query) {
  return past.at(*query.from).and_then([&](const replay::Instant& from) {
    return past.at(query.at).and_then([&](const replay::Instant& to) {
      const auto which = query.gone ? replay::OfStretch::Gone : replay::OfStretch::Grown;
      return replay::countsOfStretch(past.events(), from, to, which).map([&](model::Counts counts) {
        v1::InstantReport report = past.reportOf(query.at, to);
        *report.mutable_from() = past.reportOf(*query.from, from);
        report.set_gone(query.gone);
        return InstantView{
            .view = past.viewWith(std::move(counts), between(from.counters.lifetimes, to.counters.lifetimes)),
            .report = std::move(report)};
      });
    });
  });
}

}  // namespace

Result<InstantView> viewAt(const query::SharedView& view, const InstantQuery& query,
                           const IsStopped& isStopped) {
  return Past::of(view, isStopped).and_then([&](const std::unique_ptr<Past>& past) -> Result<InstantView> {
    if (!query.only.isAll())
      if (auto eventless = eventlessError(*view)) return tl::unexpected(std::move(*eventless));
    if (!query.only.isAll()) return chosenOf(*past, query);
    if (query.from) return stretchOf(*past, query);
    return past->at(query.at).map([&](replay::Instant found) {
      v1::InstantReport report = past->reportOf(query.at, found);
      return InstantView{.view = past->viewWith(std::move(found.counters.counts), found.counters.lifetimes),
                         .report = std::move(report)};
    });
  });
}

Result<BlocksAt> blocksAt(const query::SharedView& view, const v1::Instant& at,
                          const model::BlockQuery& query, const IsStopped& isStopped) {
  return Past::of(view, isStopped).and_then([&](const std::unique_ptr<Past>& past) {
    return past->at(at, store::Asked::Blocks).and_then([&](const replay::Instant& found) {
      return replay::blocksAt(past->events(), found.place, query)
          .map_error([&](const Error& error) { return past->explained(error); })
          .map([&](model::BlockPage page) {
            return BlocksAt{.blocks = std::move(page), .report = past->reportOf(at, found)};
          });
    });
  });
}

Result<model::AddressHistory> livesAt(const query::SharedView& view, std::uint64_t fromAddress,
                                      std::uint64_t toAddress, std::uint64_t limit,
                                      const IsStopped& isStopped) {
  if (auto eventless = eventlessError(*view)) return tl::unexpected(std::move(*eventless));
  return Past::of(view, isStopped).and_then([&](const std::unique_ptr<Past>& past) {
    return replay::livesAt(past->events(), fromAddress, toAddress, limit);
  });
}

}  // namespace heaptap::service
