// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heaptap::counting {

/// The heap over time, in at most kMaxBuckets equal buckets from the session's start. When an event lies
/// beyond the last one, neighbours are merged and the width doubles: memory stays bounded, and the cost
/// is one comparison an event.
///
/// Of a whole session, or a part() of it: the buckets from that of the first event on, which append() adds to
/// the whole.
class Timeline {
 public:
  static constexpr std::size_t kMaxBuckets = 4096;
  static constexpr std::uint64_t kFirstBucketNs = 1ULL << 14;

  struct Bucket {
    std::uint64_t maxLiveBytes = 0;
    std::uint64_t liveBytes = 0;  ///< At the bucket's end, or now.
    std::uint64_t allocations = 0;
    std::uint64_t frees = 0;
    double liveVariance = 0;  ///< Of liveBytes, where it is an estimate.

    /// The next one, while nothing happens.
    [[nodiscard]] Bucket quiet() const {
      return {.maxLiveBytes = liveBytes, .liveBytes = liveBytes, .liveVariance = liveVariance};
    }
    bool operator==(const Bucket&) const = default;
  };

  Timeline() : m_endNs(kFirstBucketNs), m_buckets(1) {}
  /// Continues a timeline that was stored. Precondition: 1 to kMaxBuckets buckets; a width of
  /// kFirstBucketNs times a power of two, at most 2^63.
  Timeline(std::uint64_t bucketNs, std::vector<Bucket> buckets);
  /// An empty part of a session whose buckets are so wide by now.
  static Timeline part(std::uint64_t bucketNs = kFirstBucketNs);

  /// What is live after an event.
  struct Live {
    std::uint64_t bytes = 0;
    double variance = 0;
  };
  /// Counts an event, for as many as it stands for. Times never go back; at most 2^62 ns.
  void allocation(std::uint64_t atNs, Live live, std::uint64_t count = 1) {
    Bucket& bucket = at(atNs);
    bucket.allocations += count;
    bucket.liveBytes = live.bytes;
    bucket.liveVariance = live.variance;
    bucket.maxLiveBytes = std::max(bucket.maxLiveBytes, live.bytes);
  }
  void free(std::uint64_t atNs, Live live, std::uint64_t count = 1) {
    Bucket& bucket = at(atNs);
    bucket.frees += count;
    bucket.liveBytes = live.bytes;
    bucket.liveVariance = live.variance;
  }
  /// Nothing changed, but time has come to here.
  void reach(std::uint64_t atNs) { at(atNs); }

  /// Makes buckets as wide as they are once there was an event at `atNs`.
  void widenFor(std::uint64_t atNs);
  /// Counts what events have added up to that fall into the bucket of this number. Precondition: it is the
  /// last one, or a later one that does not make buckets wider.
  void add(std::uint64_t number, const Bucket& bucket);
  /// Adds what follows. Precondition: `part` is no wider than this was at its end, and begins with the last
  /// bucket or later.
  void append(const Timeline& part);
  /// Gives all buckets to `taken`, for whose room it has use, and goes on as an empty part.
  void moveTo(Timeline& taken);

  std::uint64_t bucketNs() const { return m_bucketNs; }
  /// Number of the first bucket of buckets(), counted from the session's start.
  std::uint64_t first() const { return m_first; }
  const std::vector<Bucket>& buckets() const { return m_buckets; }
  bool operator==(const Timeline&) const = default;

 private:
  Bucket& at(std::uint64_t atNs) {
    if (atNs >= m_endNs) advance(atNs);
    return m_buckets.back();
  }
  void advance(std::uint64_t atNs);
  void halve();
  void noteEnd() { m_endNs = m_buckets.empty() ? 0 : (m_first + m_buckets.size()) * m_bucketNs; }

  std::uint64_t m_bucketNs = kFirstBucketNs;
  std::uint64_t m_first = 0;
  std::uint64_t m_endNs = 0;  ///< Of the last bucket; 0: there is none.
  std::vector<Bucket> m_buckets;
};

}  // namespace heaptap::counting
