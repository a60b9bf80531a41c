// SPDX-License-Identifier: Apache-2.0
#include "gui/client/readers/series_reader.h"

#include <QCoreApplication>
#include <algorithm>
#include <utility>

#include "client/series_reader.h"
#include "gui/client/readers/series_groups.h"
#include "gui/client/sites/name_texts.h"
#include "gui/client/sites/thread_names.h"
#include "gui/models/histograms/histogram.h"
#include "gui/models/quantity_text.h"

namespace heaptap::gui {
namespace {

class SeriesText {
  Q_DECLARE_TR_FUNCTIONS(TimelineView)
};

model::SeriesQuery seriesQueryFor(const SeriesWish& wish) {
  model::SeriesQuery query{.steps = static_cast<std::uint32_t>(
                               std::clamp<int>(wish.steps, 1, static_cast<int>(model::SeriesQuery::kMost))),
                           .lanes = static_cast<std::uint32_t>(std::max(wish.lanes, 0)),
                           .mayMove = true};
  if (wish.window) {
    query.fromNs = wish.window->beginNs;
    query.toNs = wish.window->endNs;
  }
  return query;
}

/// Where the steps that are known are among those that are shown. Steps that have moved follow each other; of
/// the time between two that do not meet nothing is known, which is a step, too.
std::vector<std::size_t> placesOf(const model::TimelineSeries& series) {
  std::vector<std::size_t> places;
  std::size_t next = 0;
  std::uint64_t endNs = series.fromNs;
  for (std::size_t i = 0; i < series.known.size(); ++i) {
    if (!series.moved.empty() && series.moved[i].fromNs > endNs) ++next;
    places.push_back(series.moved.empty() ? series.known[i].step : next++);
    if (!series.moved.empty()) endNs = series.moved[i].toNs;
  }
  return places;
}

/// Values by known step, by step.
std::vector<quint64> bySteps(const model::TimelineSeries& series, const std::vector<std::uint64_t>& values,
                             std::size_t steps) {
  std::vector<quint64> all(steps, 0);
  const std::vector<std::size_t> places = placesOf(series);
  for (std::size_t i = 0; i < std::min(places.size(), values.size()); ++i) all[places[i]] = values[i];
  return all;
}

TimelineSeries seriesStepsOf(const model::TimelineSeries& counted) {
  TimelineSeries series{.beginNs = counted.fromNs, .stepNs = std::max<quint64>(counted.stepNs, 1)};
  const std::vector<std::size_t> places = placesOf(counted);
  if (!places.empty()) series.steps.resize(places.back() + 1);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const model::SeriesStep& step = counted.known[i];
    series.steps[places[i]] = {
        .isKnown = true, .isLiveKnown = step.isLiveKnown, .temporaries = step.temporaries};
    if (counted.moved.empty()) continue;
    const model::TimeStretch& stretch = counted.moved[i];
    const quint64 endNs = series.moved.empty() ? counted.fromNs : series.moved.back().endNs;
    if (stretch.fromNs > endNs) series.moved.push_back({endNs, stretch.fromNs});
    series.moved.push_back({stretch.fromNs, stretch.toNs});
  }
  return series;
}

/// The groups that have most in what is shown, and one layer of all others.
void addLayers(const model::TimelineSeries& counted, SeriesGroups& groups, TimelineSeries& series) {
  std::vector<quint64> sums;
  for (std::size_t group = 0; group < groups.functions(); ++group) {
    double sum = 0;
    for (std::size_t at = 0; at < counted.known.size(); ++at)
      sum += static_cast<double>(counted.live(at, group));
    // On average, so that it fits; a little is not nothing.
    const double mean = sum / static_cast<double>(std::max<std::size_t>(counted.known.size(), 1));
    sums.push_back(sum > 0 ? std::max<quint64>(static_cast<quint64>(mean), 1) : 0);
  }
  const std::vector<std::size_t> largest = largestOf(sums, kMostLayers);
  std::vector<bool> isLayer(counted.groups, false);
  const auto layerOf = [&](const auto& isIn) {
    std::vector<std::uint64_t> live(counted.known.size(), 0);
    for (std::size_t at = 0; at < live.size(); ++at)
      for (std::size_t group = 0; group < counted.groups; ++group)
        if (isIn(group)) live[at] += counted.live(at, group);
    return bySteps(counted, live, series.steps.size());
  };
  for (const std::size_t chosen : largest) {
    isLayer[chosen] = true;
    series.layers.push_back({.name = groups.name(chosen),
                             .function = groups.wholeName(chosen),
                             .live = layerOf([chosen](std::size_t group) { return group == chosen; })});
  }
  series.layers.push_back({.name = SeriesText::tr("other call sites"),
                           .function = {},
                           .live = layerOf([&](std::size_t group) { return !isLayer[group]; })});
  const auto& rest = series.layers.back().live;
  if (std::all_of(rest.begin(), rest.end(), [](quint64 live) { return live == 0; })) series.layers.pop_back();
}

void addLanes(const model::TimelineSeries& counted, const model::DefinitionsView& definitions,
              TimelineSeries& series) {
  const std::vector<QString> names = threadNamesOf(definitions);
  const std::vector<std::string_view> plain = definitions.threadNames();
  for (const model::SeriesLane& lane : counted.lanes) {
    TimelineSeries::Lane& shown = series.lanes.emplace_back();
    shown.threads = lane.threads;
    shown.allocations = bySteps(counted, lane.allocations, series.steps.size());
    shown.bytes = bySteps(counted, lane.bytes, series.steps.size());
    if (!lane.thread) {
      shown.name = numberOfText(lane.threads, Noun::Other);
      continue;
    }
    const std::size_t thread = model::index(*lane.thread);
    shown.name = names[thread];
    // A name that several threads have, or that is shown in other letters, tells them less well than the id.
    const QString name = readText(plain[thread]);
    shown.word = shown.name == name ? name : QString::number(definitions.threads[thread].tid);
  }
}

}  // namespace

Result<TimelineSeries> readSeries(client::ProfileSource& source, const std::string& session,
                                  const SeriesWish& wish, const std::stop_token& stop,
                                  const client::ProfileSource::HearShare& hear) {
  model::SeriesQuery query = seriesQueryFor(wish);
  std::optional<SeriesGroups> groups;
  if (wish.hasLayers || !wish.filter.isEmpty()) {
    auto profile = source.profile(session, {}, stop);
    if (!profile) return tl::unexpected(profile.error());
    groups.emplace(std::move(*profile), wish.filter, wish.hasLayers);
    if (groups->isEmpty()) return TimelineSeries{.isFiltered = !wish.filter.isEmpty()};
    query.groups = groups->take();
  }
  const auto counted = source.timelineSeries(session, query, hear, stop);
  if (!counted) return tl::unexpected(counted.error());
  // Got after them, so that all threads have names.
  const auto names = source.description(session, stop);
  if (!names) return tl::unexpected(names.error());
  if (auto checked = client::checkNames(names->definitions, *counted); !checked)
    return tl::unexpected(std::move(checked.error()));
  TimelineSeries series = seriesStepsOf(*counted);
  series.areEstimates = names->isSampled();
  series.isFiltered = !wish.filter.isEmpty();
  if (wish.hasLayers) addLayers(*counted, *groups, series);
  if (wish.lanes > 0) addLanes(*counted, names->definitions, series);
  return series;
}

}  // namespace heaptap::gui
