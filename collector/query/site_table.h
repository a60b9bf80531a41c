// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "collector/model/estimate.h"
#include "collector/model/frame_names.h"
#include "collector/query/session_view.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::query {

/// The numbers of one site. Units: bytes and blocks; where allocations are sampled, estimates.
struct SiteCounters {
  model::StackId stack{};
  model::HeapId heap{};
  std::uint64_t allocations = 0;
  std::uint64_t frees = 0;
  std::uint64_t allocatedBytes = 0;
  std::uint64_t liveBlocks = 0;
  std::uint64_t liveBytes = 0;
  std::uint64_t peakBytes = 0;
  std::uint64_t temporaries = 0;
};

/// The sites of a session, grouped from its pairs by stack and heap.
/// Cost: construction is one pass over the pairs; select() sorts no more than it must; the details of a
/// site (sizes, origins, stack lines) are made only for those that are asked for.
/// Owns:  a share of the view.
class SiteTable {
 public:
  explicit SiteTable(SharedView view);

  /// All sites, by stack id, then by heap.
  const std::vector<SiteCounters>& sites() const { return m_sites; }

  struct Selection {
    std::vector<std::uint32_t> sites;  ///< Positions in sites(), in the order asked for.
    std::uint64_t total = 0;           ///< Sites that qualify, before the limit.
  };
  /// Equal sites keep the order of their stack ids, so that an answer never depends on chance.
  Selection select(const v1::GetSitesRequest& request) const;

  /// The sites from `first` to `last` (positions in the selection) in full.
  std::vector<v1::Site> details(const Selection& selection, std::size_t first, std::size_t last) const;

 private:
  /// Those of the pairs `first` up to `end`, which are all of one stack.
  void addSites(std::uint32_t first, std::uint32_t end);
  model::Estimates estimatesOf(std::size_t site) const;
  void addFreeSites(std::uint32_t site, v1::Site& message) const;
  std::vector<std::uint32_t> best(const v1::GetSitesRequest& request, v1::GetSitesRequest::Order order,
                                  std::uint64_t limit) const;

  SharedView m_view;
  std::vector<SiteCounters> m_sites;
  /// Pairs by site: those of site i are m_pairs[m_firstPair[i]] to m_pairs[m_firstPair[i + 1]].
  std::vector<std::uint32_t> m_firstPair;
  std::vector<model::PairId> m_pairs;
  model::FrameNames m_names;
};

}  // namespace heaptap::query
