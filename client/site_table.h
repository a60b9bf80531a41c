// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "client/filter.h"
#include "client/histogram.h"
#include "client/profile.h"
#include "collector/model/estimate.h"
#include "collector/model/slack.h"

namespace heaptap::client {

/// The numbers of one site. Units: bytes and blocks; where allocations are sampled, estimates.
struct SiteCounters {
  std::uint64_t allocations = 0;
  std::uint64_t frees = 0;
  std::uint64_t allocatedBytes = 0;
  std::uint64_t liveBlocks = 0;
  std::uint64_t liveBytes = 0;
  std::uint64_t peakBytes = 0;  ///< Of the site, when its heap was at its peak.
  std::uint64_t temporaries = 0;

  bool operator==(const SiteCounters&) const = default;
};

/// Standard errors of a site's numbers.
struct SiteErrors {
  double allocations = 0;
  double allocatedBytes = 0;
  double liveBlocks = 0;
  double liveBytes = 0;
  double peakBytes = 0;
  double temporaries = 0;
};

/// What a site is known by, in this and every other instant of the session.
struct SiteKey {
  model::StackId stack{};
  model::HeapId heap{};

  auto operator<=>(const SiteKey&) const = default;
};

/// A stack that frees blocks of a site.
struct FreedAt {
  model::StackId stack{};
  std::uint64_t frees = 0;

  bool operator==(const FreedAt&) const = default;
};

enum class SiteOrder : std::uint8_t {
  LiveBytes,  ///< Leaks: only sites that have live blocks; among equal ones those with more blocks first.
  PeakBytes,
  Allocations,
  Temporaries,
  AllocatedBytes,
};

struct SiteQuery {
  SiteOrder order = SiteOrder::PeakBytes;
  std::uint64_t limit = 0;  ///< 0: all.
  /// Sites among the first `limit` by peak, allocations or temporaries, sorted by `order`.
  bool anyOfOrders = false;
  std::optional<model::HeapId> heap = std::nullopt;  ///< None: all.
};

/// The sites of a profile, grouped from its pairs by stack and heap.
/// Cost: construction is one pass over the pairs and 4 bytes for each pair, stack and site; numbers are added
/// up
///       when they are asked for, as most sites have few pairs.
/// Owns: a share of the profile. Threads: any, as it never changes.
class SiteTable {
 public:
  explicit SiteTable(Profile profile, const FilterMatch& filter = {});

  [[nodiscard]] const Profile& profile() const { return m_profile; }

  /// Sites are known by position: by stack id, then by heap.
  [[nodiscard]] std::size_t size() const { return m_firstPair.size() - 1; }
  [[nodiscard]] SiteKey key(std::uint32_t site) const {
    const model::Pair& pair = m_profile.definitions.pair(m_pairs[m_firstPair[site]]);
    return {.stack = pair.stack, .heap = pair.heap};
  }
  [[nodiscard]] std::optional<std::uint32_t> find(const SiteKey& key) const;

  /// The pairs that the site is made of. Valid as long as the table.
  [[nodiscard]] std::span<const model::PairId> pairs(std::uint32_t site) const {
    return std::span(m_pairs).subspan(m_firstPair[site], m_firstPair[site + 1] - m_firstPair[site]);
  }

  [[nodiscard]] SiteCounters counters(std::uint32_t site) const;
  /// None where the numbers are exact.
  [[nodiscard]] std::optional<SiteErrors> errors(std::uint32_t site) const;
  /// Sizes that were allocated, smallest first; ranges without allocations are left out.
  [[nodiscard]] std::vector<SizeBucket> sizes(std::uint32_t site) const;
  /// Entry points that the site used, in the order of their values.
  [[nodiscard]] std::vector<v1::Origin> origins(std::uint32_t site) const;
  [[nodiscard]] model::Slack slack(std::uint32_t site) const;
  /// Where the site's blocks are freed, most first: the first five. Empty where that is not recorded.
  [[nodiscard]] std::vector<FreedAt> freedAt(std::uint32_t site) const;

  struct Selection {
    std::vector<std::uint32_t> sites;  ///< Positions, in the order asked for.
    std::uint64_t total = 0;           ///< Sites that qualify, before the limit.
  };
  /// Equal sites keep the order of their positions, so that an answer never depends on chance.
  [[nodiscard]] Selection select(const SiteQuery& query) const;
  /// The same sites, in an order.
  [[nodiscard]] std::vector<std::uint32_t> sorted(const std::vector<std::uint32_t>& sites,
                                                  SiteOrder order) const;

 private:
  void group(const FilterMatch& filter);
  void addSites(std::uint32_t first, std::uint32_t end);
  [[nodiscard]] model::Estimates estimates(std::uint32_t site) const;

  Profile m_profile;
  /// Pairs by site: those of site i are m_pairs[m_firstPair[i]] to m_pairs[m_firstPair[i + 1]].
  std::vector<std::uint32_t> m_firstPair;
  std::vector<model::PairId> m_pairs;
};

}  // namespace heaptap::client
