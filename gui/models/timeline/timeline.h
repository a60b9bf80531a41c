// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGlobal>
#include <optional>
#include <vector>

namespace heaptap::gui {

/// The heap over time: buckets of equal width, from the session's start or from a later moment on, the last
/// one perhaps not full.
struct Timeline {
  struct Bucket {
    quint64 maxLiveBytes = 0;  ///< The largest within the bucket.
    quint64 liveBytes = 0;     ///< At the bucket's end.
    quint64 allocations = 0;
    quint64 frees = 0;
    std::optional<double> liveBytesError = {};  ///< Standard error, in a sampled session.
    std::optional<quint64> temporaries = {};    ///< Temporary allocations that were freed. None: unknown.
    bool isKnown = true;  ///< Else its events are not stored, and the numbers say nothing.
    bool operator==(const Bucket&) const = default;
  };

  /// The program's memory as the kernel counts it, at one moment.
  struct Resident {
    quint64 atNs = 0;
    quint64 rssBytes = 0;  ///< Resident set, without heaptap's own share.
    std::optional<quint64> pssBytes =
        {};  ///< What is shared divided among those who share it; with heaptap's share.
    std::optional<quint64> poolBytes = {};  ///< Heaptap's own share.
    bool operator==(const Resident&) const = default;
  };

  quint64 beginNs = 0;  ///< Where the first bucket begins.
  quint64 bucketNs = 0;
  std::vector<Bucket> buckets = {};
  std::vector<Resident> resident = {};  ///< In the order of their time; empty: unknown.

  /// Units: nanoseconds since the session's start.
  [[nodiscard]] quint64 endNs() const { return beginNs + bucketNs * buckets.size(); }
  bool operator==(const Timeline&) const = default;
};

}  // namespace heaptap::gui
