// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/top/watched_session.h"
#include "client/site_table.h"
#include "heaptap/v1/query.pb.h"

namespace heaptap::cli {

/// The numbers of a call site. Units: bytes, blocks, and per second.
struct TopRow {
  client::SiteKey key;
  std::uint32_t site = 0;  ///< In the picture's table.
  std::uint64_t liveBytes = 0;
  std::uint64_t liveBlocks = 0;
  std::uint64_t peakBytes = 0;
  std::uint64_t allocations = 0;
  std::int64_t changedBytes = 0;  ///< Of what is live, since changes count.
  double growth = 0;              ///< Likewise, since the look before: bytes per second.
  double rate = 0;                ///< Allocations per second, since the look before.
};

/// What one look shows. Never changes. Threads: any.
struct TopPicture {
  std::shared_ptr<const client::SiteTable> table;
  std::vector<TopRow> rows;  ///< Sites of the heap that have allocated, ascending by key.
  v1::Summary summary;       ///< Of the heap.
  bool isLive = false;
  std::optional<std::uint64_t> residentBytes;
  std::optional<double> rate;       ///< Allocations per second; none at the first look.
  std::optional<double> growth;     ///< Of what is live: bytes per second.
  std::int64_t changedBytes = 0;    ///< Of what is live, since changes count.
  std::uint64_t changesFromNs = 0;  ///< Since when that is: time of the session.
};

/// Makes the picture of one look after the other. Threads: one at a time.
class PictureMaker {
 public:
  /// `heap`: a name; empty: malloc's.
  explicit PictureMaker(std::string heap) : m_heap(std::move(heap)) {}

  /// Errors: NotFound: no such heap.
  [[nodiscard]] Result<std::shared_ptr<const TopPicture>> next(const Look& look);

  /// Changes count from the last picture on.
  void restart() { m_base = m_last; }

 private:
  std::string m_heap;
  std::shared_ptr<const TopPicture> m_base;
  std::shared_ptr<const TopPicture> m_last;
  std::chrono::steady_clock::time_point m_lastAt{};
};

}  // namespace heaptap::cli
