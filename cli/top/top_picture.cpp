// SPDX-License-Identifier: Apache-2.0
#include "cli/top/top_picture.h"

#include "export/report/heaps_text.h"

namespace heaptap::cli {
namespace {

/// Walks the rows of an earlier picture beside those of a later one; both ascend by key.
class EarlierRows {
 public:
  explicit EarlierRows(const TopPicture* picture) : m_rows(picture != nullptr ? &picture->rows : nullptr) {}

  /// The row of the same site; null: it had not allocated yet. `key` ascends from call to call.
  const TopRow* at(const client::SiteKey& key) {
    while (m_rows != nullptr && m_next < m_rows->size() && (*m_rows)[m_next].key < key) ++m_next;
    return m_rows != nullptr && m_next < m_rows->size() && (*m_rows)[m_next].key == key ? &(*m_rows)[m_next]
                                                                                        : nullptr;
  }

 private:
  const std::vector<TopRow>* m_rows;
  std::size_t m_next = 0;
};

std::int64_t difference(std::uint64_t later, std::uint64_t earlier) {
  return static_cast<std::int64_t>(later - earlier);
}

double perSecond(std::int64_t change, double seconds) {
  return seconds > 0 ? static_cast<double>(change) / seconds : 0;
}

}  // namespace

Result<std::shared_ptr<const TopPicture>> PictureMaker::next(const Look& look) {
  auto heap = exporting::findHeap(*look.profile.summary, m_heap);
  if (!heap) return tl::unexpected(std::move(heap.error()));
  const auto heapId = static_cast<model::HeapId>(heap->id());
  auto picture = std::make_shared<TopPicture>();
  picture->table = std::make_shared<const client::SiteTable>(look.profile);
  picture->summary = exporting::summaryOfHeap(*look.profile.summary, *heap);
  picture->isLive = look.isLive();
  picture->residentBytes = look.residentBytes;
  const double seconds = m_last ? std::chrono::duration<double>(look.at - m_lastAt).count() : 0;
  EarlierRows before(m_last.get());
  EarlierRows base(m_base.get());
  const client::SiteTable& table = *picture->table;
  for (std::uint32_t site = 0; site < table.size(); ++site) {
    TopRow row{.key = table.key(site), .site = site};
    if (row.key.heap != heapId) continue;
    const client::SiteCounters counters = table.counters(site);
    if (counters.allocations == 0) continue;
    row.liveBytes = counters.liveBytes;
    row.liveBlocks = counters.liveBlocks;
    row.peakBytes = counters.peakBytes;
    row.allocations = counters.allocations;
    if (m_last) {
      const TopRow* const earlier = before.at(row.key);
      const TopRow* const first = base.at(row.key);
      row.changedBytes = difference(row.liveBytes, first != nullptr ? first->liveBytes : 0);
      row.growth = perSecond(difference(row.liveBytes, earlier != nullptr ? earlier->liveBytes : 0), seconds);
      row.rate =
          perSecond(difference(row.allocations, earlier != nullptr ? earlier->allocations : 0), seconds);
    }
    picture->rows.push_back(row);
  }
  if (m_last) {
    const v1::Summary& last = m_last->summary;
    picture->rate = perSecond(difference(picture->summary.allocations(), last.allocations()), seconds);
    picture->growth = perSecond(difference(picture->summary.live_bytes(), last.live_bytes()), seconds);
    picture->changedBytes = difference(picture->summary.live_bytes(), m_base->summary.live_bytes());
  }
  if (!m_base) m_base = picture;
  picture->changesFromNs = m_base->summary.info().duration_ns();
  m_last = picture;
  m_lastAt = look.at;
  return std::shared_ptr<const TopPicture>(std::move(picture));
}

}  // namespace heaptap::cli
