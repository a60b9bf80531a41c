// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "collector/model/block_choice.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::client {

/// The instant, or the stretch of time, that a profile is wanted of. As it is made: now, or the end.
struct When {
  v1::Instant at = {};
  /// Of a stretch: where it begins. Then allocations are those in it, and live what of them is left at its
  /// end, …
  std::optional<v1::Instant> from = std::nullopt;
  bool gone = false;  ///< … or, instead of both, what was there at its beginning and is no more at its end.

  model::BlockChoice only = {};  ///< Of all that, what is counted.

  [[nodiscard]] bool isNow() const {
    return !from && at.at_case() == v1::Instant::AT_NOT_SET && only.isAll();
  }

  static v1::Instant time(std::uint64_t ns) {
    v1::Instant instant;
    instant.set_time_ns(ns);
    return instant;
  }
  static v1::Instant peak() {
    v1::Instant instant;
    instant.set_peak(true);
    return instant;
  }
  /// The last mark or snapshot of this name, or "#N", the N-th of all snapshots, from 1. Empty: now.
  static v1::Instant mark(std::string name) {
    v1::Instant instant;
    if (!name.empty()) instant.set_mark(std::move(name));
    return instant;
  }
};

}  // namespace heaptap::client
