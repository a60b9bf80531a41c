// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "client/frame_names.h"
#include "collector/model/counts.h"
#include "collector/model/definitions.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::client {

/// A session at one instant, as its readers have it: what its ids stand for, and what was counted for
/// each. Everything else (sites, trees, histograms) is computed from it.
///
///     Profile ──► DefinitionsView ──► chunks, shared by all Profiles of the session
///        ├──────► FrameNames           shared until another frame gets a name
///        ├──────► Counts               of this instant
///        └──────► Summary              of the same instant
///
/// A value that is copied freely: a copy is some pointers. Never changes.
/// Threads: any.
struct Profile {
  model::DefinitionsView definitions = {};
  std::shared_ptr<const FrameNames> names = {};
  std::shared_ptr<const model::Counts> counts = {};
  std::shared_ptr<const v1::Summary> summary = {};
  /// The instant, or the stretch of time, when it is neither now nor the end.
  std::optional<v1::InstantReport> instant = std::nullopt;
  /// For the source that it is from. None: the numbers will not change any more.
  std::optional<v1::CountsMoment> moment = std::nullopt;

  /// Pairs that are defined later than the instant have counted nothing.
  [[nodiscard]] model::PairCounters countersOf(model::PairId pair) const {
    return index(pair) < counts->pairs.size() ? counts->pairs[index(pair)] : model::PairCounters();
  }
  /// Whether it is of a stretch of time, so that there is no peak.
  [[nodiscard]] bool isStretch() const { return instant && instant->has_from(); }
  /// Whether allocations of malloc's heap are samples, so that numbers of blocks and bytes are estimates.
  [[nodiscard]] bool isSampled() const { return summary->has_sampling(); }
};

}  // namespace heaptap::client
