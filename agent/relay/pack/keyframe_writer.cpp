// SPDX-License-Identifier: Apache-2.0
#include "agent/relay/pack/keyframe_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/relay/base/event_column.h"
#include "agent/relay/encode/batch_encoder.h"
#include "base/prefetch.h"

namespace heaptap::relay {
namespace {

/// The times of one table's rows, asked for in the order of their numbers.
class TableTimes {
 public:
  explicit TableTimes(const std::vector<TimeMoment>& moments) : m_moments(moments) {}
  std::uint64_t of(const LiveBlocks::Row& row) {
    while (m_at + 1 < m_moments.size() && row.number >= m_moments[m_at + 1].firstNumber) ++m_at;
    return m_moments.empty() ? 0 : m_moments[m_at].timeNs + row.shortTime;
  }

 private:
  const std::vector<TimeMoment>& m_moments;
  std::size_t m_at = 0;
};

/// Hands out all blocks by their numbers.
class BlocksInOrder {
 public:
  BlocksInOrder(const LiveBlocks& live, const RowOrder& order)
      : m_live(live), m_rows(order), m_whole(live.wholeRows), m_left(live.size()) {
    for (const LiveBlocks::Table& table : live.tables) m_times.emplace_back(table.moments);
    std::sort(m_whole.begin(), m_whole.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
  }
  [[nodiscard]] std::size_t left() const { return m_left; }
  /// Precondition: some are left.
  LiveBlocks::WholeRow next() {
    constexpr std::size_t kAhead = 16;
    if (m_nextRow + kAhead < m_rows.size()) prefetch(&m_live.rows[m_rows[m_nextRow + kAhead]]);
    --m_left;
    if (m_nextRow == m_rows.size()) return m_whole[m_nextWhole++];
    const std::size_t position = m_rows[m_nextRow];
    const LiveBlocks::Row& row = m_live.rows[position];
    if (m_nextWhole < m_whole.size() && m_whole[m_nextWhole].number < row.number)
      return m_whole[m_nextWhole++];
    ++m_nextRow;
    return {row.number, row.address, timesOf(position).of(row), row.pair};
  }

 private:
  /// There is one table, or very few have most of the rows.
  TableTimes& timesOf(std::size_t position) {
    const auto table =
        std::upper_bound(m_live.tables.begin(), m_live.tables.end(), position,
                         [](std::size_t at, const LiveBlocks::Table& each) { return at < each.end; });
    return m_times[static_cast<std::size_t>(table - m_live.tables.begin())];
  }

  const LiveBlocks& m_live;
  const RowOrder& m_rows;
  std::vector<LiveBlocks::WholeRow> m_whole;
  std::vector<TableTimes> m_times;
  std::size_t m_nextRow = 0;
  std::size_t m_nextWhole = 0;
  std::size_t m_left;
};

}  // namespace

bool KeyframeWriter::write(const LiveBlocks& live, std::size_t blocksInPart, BlobEncoder& blobs,
                           const std::function<void(v1::RecordRequest&)>& send) {
  m_order.sort(live.rows);
  BlocksInOrder blocks(live, m_order);
  const std::size_t room = std::min(blocksInPart, live.size());
  EventColumn numbers, addresses, pairs, times;
  v1::KeyframeColumns columns;
  v1::RecordRequest request;
  v1::Keyframe& part = *request.mutable_keyframe();
  part.set_first_allocation(live.firstAllocation);
  std::uint32_t sent = 0;
  do {
    const std::size_t count = std::min(blocksInPart, blocks.left());
    for (EventColumn* column : {&numbers, &addresses, &pairs, &times}) column->begin(room);
    LiveBlocks::WholeRow before;
    for (std::size_t i = 0; i < count; ++i) {
      LiveBlocks::WholeRow block = blocks.next();
      block.timeNs /= BatchEncoder::kTimeUnitNs;
      numbers.add(block.number - before.number);
      addresses.addSigned(static_cast<std::int64_t>(block.address - before.address));
      pairs.add(block.pair);
      times.add(block.timeNs - before.timeNs);
      before = block;
    }
    numbers.moveTo(*columns.mutable_number());
    addresses.moveTo(*columns.mutable_address());
    pairs.moveTo(*columns.mutable_pair());
    times.moveTo(*columns.mutable_time());
    auto compressed = blobs.encodeColumns(columns);
    if (!compressed) return false;
    part.set_part(sent++);
    part.set_last(blocks.left() == 0);
    part.set_blocks(static_cast<std::uint32_t>(count));
    part.set_columns(std::move(*compressed));
    send(request);
  } while (blocks.left() != 0);
  m_order.clear(kKeptRows);
  return true;
}

}  // namespace heaptap::relay
