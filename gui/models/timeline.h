// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGlobal>
#include <vector>

namespace heaptap::gui {

/// The heap over time: buckets of equal width from the session's start, the last one perhaps not full.
struct Timeline {
  struct Bucket {
    quint64 maxLiveBytes = 0;  ///< The largest within the bucket.
    quint64 liveBytes = 0;     ///< At the bucket's end.
    quint64 allocations = 0;
    quint64 frees = 0;
    bool operator==(const Bucket&) const = default;
  };

  quint64 bucketNs = 0;
  std::vector<Bucket> buckets;

  /// Units: nanoseconds since the session's start.
  [[nodiscard]] quint64 endNs() const { return bucketNs * buckets.size(); }
  bool operator==(const Timeline&) const = default;
};

}  // namespace heaptap::gui
