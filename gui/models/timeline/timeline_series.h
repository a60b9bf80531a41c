// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "gui/models/filter/site_filter.h"
#include "gui/models/timeline/time_window.h"

namespace heaptap::gui {

/// So many functions have layers of their own; as many as there are colours.
inline constexpr std::size_t kMostLayers = 7;

/// Part of a record in steps, of equal width unless they have moved: what is live of the functions that have
/// most in it, and what threads allocate. Numbers of steps that are not known say nothing. Units: bytes; ns
/// since the session's start.
struct TimelineSeries {
  /// The live bytes of the call sites of one function of the program's own.
  struct Layer {
    QString name;                    ///< The function as one says it, of any length.
    QString function;                ///< The whole name; empty: everything that has no layer of its own.
    std::vector<quint64> live = {};  ///< By step, at its end.

    [[nodiscard]] bool isRest() const { return function.isEmpty(); }
    bool operator==(const Layer&) const = default;
  };
  /// What a thread allocates.
  struct Lane {
    QString name;
    QString word;         ///< What a filter calls it: its name, or its id; empty: all others.
    quint64 threads = 1;  ///< How many they are.
    std::vector<quint64> allocations = {};  ///< By step.
    std::vector<quint64> bytes = {};        ///< Likewise.

    [[nodiscard]] bool isRest() const { return word.isEmpty(); }
    bool operator==(const Lane&) const = default;
  };
  struct Step {
    bool isKnown = false;                     ///< Its events are stored.
    bool isLiveKnown = false;                 ///< So are those by which one knows what is live.
    std::optional<quint64> temporaries = {};  ///< Allocations that it has ended. None: unknown.
    bool operator==(const Step&) const = default;
  };

  quint64 beginNs = 0;  ///< Where the first step begins.
  quint64 stepNs = 1;
  std::vector<Step> steps = {};
  /// By step: where it begins and ends. Empty: they are equally wide. Else live bytes are those at exactly
  /// that end, and a thread's numbers of exactly that time.
  std::vector<TimeWindow> moved = {};
  std::vector<Layer> layers = {};  ///< The largest first; the rest last.
  std::vector<Lane> lanes = {};    ///< Those that allocate most first; the rest last.
  bool areEstimates = false;       ///< The allocations were sampled.
  bool isFiltered = false;         ///< Layers and lanes are of what passes the filter.

  [[nodiscard]] TimeWindow windowOf(std::size_t step) const {
    if (!moved.empty()) return moved[step];
    return {beginNs + stepNs * step, beginNs + stepNs * (step + 1)};
  }
  [[nodiscard]] quint64 endNs() const {
    return moved.empty() ? beginNs + stepNs * steps.size() : moved.back().endNs;
  }
  /// The step of a moment; none outside of the part, or where nothing is known.
  [[nodiscard]] std::optional<std::size_t> stepAt(quint64 ns) const {
    if (ns < beginNs || ns >= endNs()) return std::nullopt;
    auto step = static_cast<std::size_t>((ns - beginNs) / stepNs);
    if (!moved.empty()) {
      const auto behind = std::partition_point(moved.begin(), moved.end(),
                                               [ns](const TimeWindow& window) { return window.endNs <= ns; });
      step = static_cast<std::size_t>(behind - moved.begin());
      if (behind->beginNs > ns) return std::nullopt;
    }
    return steps[step].isKnown ? std::optional(step) : std::nullopt;
  }
  bool operator==(const TimelineSeries&) const = default;
};

/// What is wanted of which part of a record.
struct SeriesWish {
  std::optional<TimeWindow> window = {};  ///< None: all of it.
  int steps = 1;
  bool hasLayers = false;
  int lanes = 0;           ///< So many threads have one of their own.
  SiteFilter filter = {};  ///< Of names and sizes only.
  quint64 turn = 0;        ///< Another number: the same again, as it is now.

  bool operator==(const SeriesWish&) const = default;
};

}  // namespace heaptap::gui
